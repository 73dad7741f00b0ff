"""Short memories of what was done: bounded in number and in time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Clock = Callable[[], float]


class BoundedMemory(Generic[K, V]):
    """Keeps values for a while, and at most so many of them; the oldest goes first."""

    def __init__(self, lasts: float, most: int = 10_000, clock: Clock = time.monotonic) -> None:
        """`lasts` is in the seconds that `clock` gives."""
        self._lasts = lasts
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def put(self, key: K, value: V) -> None:
        """Keep `value` from now on."""
        self._kept[key] = (self._clock(), value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: K) -> V | None:
        """Return what is kept under `key`, or None where nothing is, or for too long."""
        at, value = self._kept.get(key, (0.0, None))
        return value if value is not None and self._clock() - at <= self._lasts else None

    def forget(self, key: K) -> None:
        """Keep nothing under `key`."""
        self._kept.pop(key, None)


class RecentSet:
    """Remembers that things were done a moment ago."""

    def __init__(self, lasts: float = 60.0, most: int = 10_000, clock: Clock = time.monotonic) -> None:
        """`lasts` is in the seconds that `clock` gives."""
        self._done: BoundedMemory[Hashable, bool] = BoundedMemory(lasts, most, clock)

    def seen(self, thing: Hashable) -> bool:
        """Tell whether `thing` was noted a moment ago; note it where it wasn't."""
        if self._done.get(thing):
            return True
        self._done.put(thing, value=True)
        return False

    def forget(self, thing: Hashable) -> None:
        """Take `thing` back: it wasn't done after all."""
        self._done.forget(thing)
