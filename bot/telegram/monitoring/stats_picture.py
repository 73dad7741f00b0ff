"""The picture of the statistics, drawn in a process of its own: what the drawing needs is given back at its end."""

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
LIMIT = 30.0
"""Seconds that a picture gets; it takes about one."""
LONGEST_REASON = 200
"""Characters of what went wrong that are logged."""

_ROOT = Path(__file__).resolve().parents[2]
_PNG = b"\x89PNG\r\n\x1a\n"
_OURS = ("BOT_", "DATABASE_", "PG")
_ENDINGS = ("_PROXY", "_TOKEN")


async def drawn(found: Statistics, command: Sequence[str] = COMMAND, limit: float = LIMIT) -> bytes | None:
    """Return a PNG; None where it couldn't be drawn, which is logged."""
    try:
        async with asyncio.timeout(limit):
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment(os.environ)
            )
            picture, said = await _finished(process, to_json(found))
    except TimeoutError:
        _tell(f"it took longer than {limit:.0f} seconds")
        return None
    except OSError as error:
        _tell(error.strerror or type(error).__name__)
        return None
    if process.returncode or not picture.startswith(_PNG):
        lines = said.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {process.returncode}")
        _tell(last[:LONGEST_REASON])
        return None
    return picture


async def _finished(process: Process, data: bytes) -> tuple[bytes, bytes]:
    """Hand over the data and wait for the end; whatever happens, the process doesn't outlive it."""
    try:
        return await process.communicate(data)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()  # reads the pipes to their end, which closes them


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without what is none of the drawing's business, such as secrets."""
    kept = {
        name: value
        for name, value in own.items()
        if not name.upper().startswith(_OURS) and not name.upper().endswith(_ENDINGS)
    }
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), own.get("PYTHONPATH"))))}


def _tell(reason: str) -> None:
    LOG.warning(
        "The picture of /stats can't be drawn: %s; the words are sent alone, check that matplotlib runs", reason
    )
