"""Telling greetings, thanks and the like from questions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bot.errors import SettingsError
from bot.matching.results import Smalltalk


@dataclass(frozen=True)
class SmalltalkPatterns:
    """Whole messages of each kind, over normalised text."""

    patterns: Mapping[Smalltalk, re.Pattern[str]]
    """What each kind looks like, in the order in which they are tried."""

    def kind(self, text: str) -> Smalltalk | None:
        """Return what kind of small talk a whole normalised message is, or None for anything else."""
        return next((kind for kind, pattern in self.patterns.items() if pattern.fullmatch(text)), None)


def read_smalltalk(path: Path) -> SmalltalkPatterns:
    """Read the patterns; raise SettingsError where the file is missing, malformed, or lacks a kind."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        kinds: tuple[Smalltalk, ...] = get_args(Smalltalk)
        return SmalltalkPatterns({kind: re.compile("|".join(table[kind])) for kind in kinds})
    except (OSError, ValueError, KeyError, TypeError, re.error) as error:
        raise SettingsError(f"{path}: can't be read as patterns ({error}); restore it from the repository") from None
