"""Memory that is free goes back to the system."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from bot.memory import trim_memory

PIECES, SIZE = 100_000, 1_000
EVERY = 1_000
"""Of so many pieces one stays, as of a replaced snapshot something always does."""


def resident() -> int:
    """Return what this process holds, in bytes."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss:"))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to give back")
def test_what_was_freed_between_things_that_stay_is_given_back() -> None:
    pieces = [bytes(SIZE) for _ in range(PIECES)]
    stay = pieces[::EVERY]
    del pieces
    before = resident()

    trim_memory()

    assert before - resident() > PIECES * SIZE / 2
    assert len(stay) == PIECES // EVERY


def test_giving_back_when_nothing_is_free_does_no_harm() -> None:
    trim_memory()
    trim_memory()
