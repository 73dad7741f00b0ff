"""A short memory of what was just done."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Recent:
    """Remembers things for a while, and at most so many of them."""

    def __init__(self, lasts: float = 60.0, most: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        """`lasts` is in the seconds that `clock` gives."""
        self._lasts = lasts
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[Hashable, float] = OrderedDict()

    def seen(self, thing: Hashable) -> bool:
        """Tell whether `thing` was noted a moment ago, and note it."""
        now = self._clock()
        before = self._seen.get(thing)
        if before is not None and now - before <= self._lasts:
            return True
        self._seen[thing] = now
        self._seen.move_to_end(thing)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return False

    def forget(self, thing: Hashable) -> None:
        """Take `thing` back: it wasn't done after all."""
        self._seen.pop(thing, None)
