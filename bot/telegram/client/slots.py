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

MAX_CONCURRENT_SENDS = 16
"""Messages on their way at once while the bot has fallen behind: 80 a second where Telegram is 200 ms away.

Of messages to many people it takes about 30 a second (https://core.telegram.org/bots/faq). All that wait at once, after
an outage for instance, would only be too much for Telegram again.
"""
MAX_HOLD_SECONDS = 1.0
"""Seconds after which the next message goes out although the last one isn't written down yet."""
MAX_WAIT_SECONDS = 1.0
"""Seconds after which a message waits no more to go alone: so many are before it that the bot has fallen behind."""


@dataclass(frozen=True, slots=True)
class SendLimiter:
    """What all updates of a bot share."""

    outages: OutageLog
    """What the log knows of an outage."""
    backlogged: Callable[[], bool]
    """Whether the bot has fallen behind."""
    max_wait_seconds: float = MAX_WAIT_SECONDS
    """Seconds that a message waits to go alone."""
    max_hold_seconds: float = MAX_HOLD_SECONDS
    """Seconds that its turn lasts."""
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The turn of a message while the bot keeps up."""
    side_by_side: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CONCURRENT_SENDS))
    """The turns of messages while it doesn't."""


class SendSlot:
    """One update's place among the messages; taken with its first message, given up once its end is written down."""

    def __init__(self, limiter: SendLimiter) -> None:
        """Take no place yet."""
        self.limiter = limiter
        """What it shares with the others."""
        self._acquired: asyncio.Lock | asyncio.Semaphore | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def acquire(self) -> None:
        """Wait for the place, unless the update has it or needs none any more."""
        if self._acquired is not None or self._closed:
            return
        self._acquired = await self._acquire_lock()
        self._timer = asyncio.get_running_loop().call_later(self.limiter.max_hold_seconds, self.release)

    async def _acquire_lock(self) -> asyncio.Lock | asyncio.Semaphore:
        if not self.limiter.backlogged():
            with suppress(TimeoutError):
                async with asyncio.timeout(self.limiter.max_wait_seconds):
                    await self.limiter.alone.acquire()
                    return self.limiter.alone
        await self.limiter.side_by_side.acquire()
        return self.limiter.side_by_side

    def release(self) -> None:
        """Let others go on: nothing was told, and it takes a while until it can be."""
        acquired, self._acquired = self._acquired, None
        if acquired is not None and self._timer is not None:
            self._timer.cancel()
            acquired.release()

    def close(self) -> None:
        """Give the place up for good."""
        self.release()
        self._closed = True


CURRENT_SEND_SLOT: ContextVar[SendSlot | None] = ContextVar("send_slot", default=None)
"""The place of the update that is being handled."""
