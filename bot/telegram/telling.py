"""Messages are sent one after another, and each is written down as sent before the next.

So a crash leaves in doubt about one question alone whether it was answered, and only that one is answered twice. That
holds as long as the bot keeps up: a message that takes long doesn't keep the others waiting, and one that has waited
long, or comes when more wait than can be handled at once, goes out beside them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar

from bot.telegram.outage import Told

LONGEST = 1.0
"""Seconds after which the next message goes out although the last one isn't written down yet."""
PATIENCE = 1.0
"""Seconds after which a message waits no more for its turn: so many are before it that the bot has fallen behind."""


class Telling:
    """One update's place among the messages; taken with its first message, given up once its end is written down."""

    def __init__(
        self,
        turn: asyncio.Lock,
        told: Told,
        behind: Callable[[], bool],
        patience: float = PATIENCE,
        longest: float = LONGEST,
    ) -> None:
        """`turn`, and what was `told` of an outage, are shared by all updates of a bot; see above for the seconds.

        `behind` tells whether the bot has fallen behind.
        """
        self.told = told
        """What the log knows of an outage."""
        self._turn = turn
        self._behind = behind
        self._patience = patience
        self._longest = longest
        self._release: asyncio.TimerHandle | None = None
        self._over = False

    async def enter(self) -> None:
        """Wait for the place, unless the update has it or needs none any more."""
        if self._release is not None or self._over:
            return
        if self._behind():
            self._over = True
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            self._over = True
        else:
            self._release = asyncio.get_running_loop().call_later(self._longest, self._give_up)

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
