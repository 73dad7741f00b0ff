"""Messages are sent one after another, and each is written down as sent before the next.

So a crash leaves in doubt about one question alone whether it was answered, and only that one is answered twice. A
message that takes long, though, doesn't keep the others waiting.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import ContextVar

from bot.telegram.outage import Told

LONGEST = 1.0
"""Seconds after which the next message goes out although the last one isn't written down yet."""
PATIENCE = 1.0
"""Seconds after which a message waits no more for its turn: so many are before it that the bot has fallen behind."""


class Telling:
    """One update's place among the messages; taken with its first message, given up once its end is written down."""

    def __init__(self, turn: asyncio.Lock, told: Told) -> None:
        """`turn`, and what was `told` of an outage, are shared by all updates of a bot."""
        self.told = told
        """What the log knows of an outage."""
        self._turn = turn
        self._release: asyncio.TimerHandle | None = None
        self._over = False

    async def enter(self) -> None:
        """Wait for the place, unless the update has it or needs none any more."""
        if self._release is not None or self._over:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._turn.acquire()
            self._release = asyncio.get_running_loop().call_later(LONGEST, self._give_up)

    def leave(self) -> None:
        """Let others go on: nothing was told, and it takes a while until it can be."""
        if self._release is not None:
            self._release.cancel()
            self._give_up()

    def end(self) -> None:
        """Give the place up for good."""
        self.leave()
        self._over = True

    def _give_up(self) -> None:
        self._release = None
        self._turn.release()


TELLING: ContextVar[Telling | None] = ContextVar("telling", default=None)
"""The place of the update that is being handled."""
