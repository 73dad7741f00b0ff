"""Has the picture of the statistics drawn by a process of its own, so that the memory it takes is freed at its end."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bot.storage.statistics_data import Statistics, to_json

LOG = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "bot.telegram.monitoring.stats_chart")
TIMEOUT_SECONDS = 30.0
"""Time that a picture may take; it takes about a second."""
MAX_REASON_CHARACTERS = 200
"""Length to which the process's error message is cut in the log."""

_SOURCE_ROOT = Path(__file__).resolve().parents[3]
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SECRET_PREFIXES = ("BOT_", "DATABASE_", "PG")
_SECRET_SUFFIXES = ("_PROXY", "_TOKEN")


async def draw_in_subprocess(
    found: Statistics, command: Sequence[str] = COMMAND, timeout_seconds: float = TIMEOUT_SECONDS
) -> bytes | None:
    """Return a PNG; None where it couldn't be drawn, for a reason that is logged."""
    try:
        async with asyncio.timeout(timeout_seconds):
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_without_secrets(os.environ)
            )
            picture, errors = await _communicate(process, to_json(found))
    except TimeoutError:
        _log_failure(f"it took longer than {timeout_seconds:.0f} seconds")
        return None
    except OSError as error:
        _log_failure(error.strerror or type(error).__name__)
        return None
    if process.returncode or not picture.startswith(_PNG_SIGNATURE):
        lines = errors.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {process.returncode}")
        _log_failure(last[:MAX_REASON_CHARACTERS])
        return None
    return picture


async def _communicate(process: Process, data: bytes) -> tuple[bytes, bytes]:
    """Return what the process writes to stdout and stderr, given `data` on stdin; end the process in any case."""
    try:
        return await process.communicate(data)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()  # reads the pipes to their end, which closes them


def _without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the process: without variables that may hold secrets, and with `bot` importable."""
    passed = {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(_SECRET_PREFIXES) and not name.upper().endswith(_SECRET_SUFFIXES)
    }
    path = os.pathsep.join(filter(None, (str(_SOURCE_ROOT), environment.get("PYTHONPATH"))))
    return passed | {"PYTHONPATH": path}


def _log_failure(reason: str) -> None:
    LOG.warning(
        "The picture of /stats can't be drawn: %s; the words are sent alone, check that matplotlib runs", reason
    )
