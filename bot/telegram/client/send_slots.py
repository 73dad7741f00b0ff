"""Messages are sent one after another, and each is written down as sent before the next.

So a crash leaves in doubt about one question alone whether it was answered, and only that one is answered twice. That
holds as long as the bot keeps up. While more wait than it handles at once, and where one has waited long, some go out
side by side; and a message that takes long keeps no other waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

from bot.telegram.client.outage_log import OutageLog

SIDE_BY_SIDE = 16
"""Messages on their way at once while the bot has fallen behind: 80 a second where Telegram is 200 ms away.

Of messages to many people it takes about 30 a second (https://core.telegram.org/bots/faq). All that wait at once, after
an outage for instance, would only be too much for Telegram again.
"""
LONGEST = 1.0
"""Seconds after which the next message goes out although the last one isn't written down yet."""
PATIENCE = 1.0
"""Seconds after which a message waits no more to go alone: so many are before it that the bot has fallen behind."""


@dataclass(frozen=True, slots=True)
class SendLimiter:
    """What all updates of a bot share."""

    told: OutageLog
    """What the log knows of an outage."""
    behind: Callable[[], bool]
    """Whether the bot has fallen behind."""
    patience: float = PATIENCE
    """Seconds that a message waits to go alone."""
    longest: float = LONGEST
    """Seconds that its turn lasts."""
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The turn of a message while the bot keeps up."""
    side_by_side: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIDE_BY_SIDE))
    """The turns of messages while it doesn't."""


class SendSlot:
    """One update's place among the messages; taken with its first message, given up once its end is written down."""

    def __init__(self, turns: SendLimiter) -> None:
        """Take no place yet."""
        self.turns = turns
        """What it shares with the others."""
        self._turn: asyncio.Lock | asyncio.Semaphore | None = None
        self._release: asyncio.TimerHandle | None = None
        self._over = False

    async def enter(self) -> None:
        """Wait for the place, unless the update has it or needs none any more."""
        if self._turn is not None or self._over:
            return
        self._turn = await self._take()
        self._release = asyncio.get_running_loop().call_later(self.turns.longest, self.leave)

    async def _take(self) -> asyncio.Lock | asyncio.Semaphore:
        if not self.turns.behind():
            with suppress(TimeoutError):
                async with asyncio.timeout(self.turns.patience):
                    await self.turns.alone.acquire()
                    return self.turns.alone
        await self.turns.side_by_side.acquire()
        return self.turns.side_by_side

    def leave(self) -> None:
        """Let others go on: nothing was told, and it takes a while until it can be."""
        turn, self._turn = self._turn, None
        if turn is not None and self._release is not None:
            self._release.cancel()
            turn.release()

    def end(self) -> None:
        """Give the place up for good."""
        self.leave()
        self._over = True


CURRENT_SEND_SLOT: ContextVar[SendSlot | None] = ContextVar("telling", default=None)
"""The place of the update that is being handled."""
