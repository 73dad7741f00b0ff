"""How many answers may be on their way while it isn't written down yet that they are given.

After a crash exactly these are given again, so there are few of them. They cost no speed: Telegram takes some thirty
messages a second from a bot, which four at a time exceed.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

AT_ONCE = 4


class Telling:
    """The place of one update among those; it is taken with the first request, and given up once all is written."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        """`places` are shared by all updates."""
        self._places = places
        self._inside = False
        self._over = False

    async def enter(self) -> None:
        """Wait for a place, unless the update has one or needs none any more."""
        if not self._inside and not self._over:
            await self._places.acquire()
            self._inside = True

    def leave(self) -> None:
        """Let others go on: nothing was told, and it takes a while until it can be."""
        if self._inside:
            self._inside = False
            self._places.release()

    def end(self) -> None:
        """Give the place up for good."""
        self.leave()
        self._over = True


TELLING: ContextVar[Telling | None] = ContextVar("telling", default=None)
"""The place of the update that is being handled."""
