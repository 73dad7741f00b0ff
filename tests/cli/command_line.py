"""How the tests of the command line call it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

TALK = Path(__file__).parent / "talk"
"""A small knowledge folder with one interview."""

Process: TypeAlias = Callable[..., subprocess.Popen[bytes]]
"""Starts a bot with these arguments, and pipes."""
Bot: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
"""Runs a bot with these arguments to its end."""


def command(arguments: Sequence[str]) -> list[str]:
    """Return the command of a bot with these arguments."""
    return [sys.executable, "-m", "bot", *arguments]
