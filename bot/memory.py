"""Returns freed memory to the operating system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def trim_memory() -> None:
    """Make glibc return freed memory to the operating system; with another C library, do nothing.

    The memory of a replaced snapshot is fragmented, and glibc would retain it: 130 MB after three reloads of the
    shipped knowledge (`python -m tests.benchmarks memory`). The call takes a few milliseconds.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # another C library, which has no such function
        ctypes.CDLL(None).malloc_trim(0)
