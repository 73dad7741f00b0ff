"""Returns freed memory to the operating system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""Numbers that mallopt(3) gives to its parameters."""
_MMAP_THRESHOLD = 512 * 1024
_ARENAS = 2


def return_large_blocks() -> None:
    """Make glibc return the memory of large blocks as soon as they are freed; with another C library, do nothing.

    By itself it raises the size from which a block gets a mapping of its own whenever one is freed, and puts later ones
    between small ones: 50 MB of a reload's peak. Threads get two heaps together instead of eight per processor.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # another C library, which has no such function
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _MMAP_THRESHOLD)
        libc.mallopt(_M_ARENA_MAX, _ARENAS)


def trim_memory() -> None:
    """Make glibc return freed memory to the operating system; with another C library, do nothing.

    The memory of a replaced snapshot is fragmented, and glibc would retain it: 130 MB after three reloads of the
    shipped knowledge (`python -m tests.benchmarks memory`). The call takes a few milliseconds.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # another C library, which has no such function
        ctypes.CDLL(None).malloc_trim(0)
