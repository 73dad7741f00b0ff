"""Memory that is free goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from bot.memory import trim_memory
from tests.builders import ROOT

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


LARGE_AND_FREED_FIRST = """
import numpy as np
from bot.memory import return_large_blocks
return_large_blocks()
np.ones(2_000_000)  # freed at once, after which glibc would put blocks of this size among small ones
blocks = [np.ones(2_000_000), bytes(1000)]
del blocks[0]
print(sum(line.endswith("[heap]\\n") and int(line.split("-")[1].split()[0], 16) - int(line.split("-")[0], 16) > 15e6
          for line in open("/proc/self/maps")))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has to be told")
def test_large_blocks_stay_out_of_the_heap() -> None:
    found = subprocess.run(  # a process of its own, for the setting stays
        [sys.executable, "-c", LARGE_AND_FREED_FIRST], capture_output=True, check=True, text=True, cwd=ROOT
    )
    assert found.stdout == "0\n"
