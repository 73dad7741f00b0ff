"""The clock of the machine, which may be set anew while the bot runs."""

from __future__ import annotations

import time
from collections.abc import Callable


class ClockJumpDetector:
    """Tells how far the clock was set since somebody last looked."""

    def __init__(self, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        """`clock` may be set, `steady` never is; both give seconds."""
        self._clock = clock
        self._steady = steady
        self._apart = clock() - steady()

    def look(self) -> float:
        """Return the seconds by which the clock was set: forward above 0, back below."""
        before, self._apart = self._apart, self._clock() - self._steady()
        return self._apart - before
