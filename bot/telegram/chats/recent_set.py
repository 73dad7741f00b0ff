"""What was seen or done a moment ago: a set over `cachetools.TTLCache`, which serves wherever values are needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from cachetools import TTLCache

Clock = Callable[[], float]
"""Returns the time in seconds, from any beginning."""

MAX_ENTRIES = 10_000
"""Entries of a cache in memory; beyond that, the least recently used is dropped."""


class RecentSet:
    """A set of what was seen within the last `seconds`."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        """Start empty."""
        self._seen: TTLCache[Hashable, bool] = TTLCache(MAX_ENTRIES, seconds, clock)

    def seen(self, key: Hashable) -> bool:
        """Return whether `key` was seen recently; if it wasn't, it counts as seen from now on."""
        if key in self._seen:
            return True
        self._seen[key] = True
        return False

    def forget(self, key: Hashable) -> None:
        """Treat `key` as not seen."""
        self._seen.pop(key, None)
