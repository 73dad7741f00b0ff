"""The slots that an update holds while it is handled: one to send, one to work.

Send slots make messages go out one after another, each recorded as sent before the next. So a crash leaves in doubt
about one question alone whether it was answered, and only that one is answered twice
(`python -m tests.benchmarks kills`). That holds as long as the bot keeps up. While more updates wait than it handles at
once, or where a message has waited long, some go out side by side; and a message that takes long lets others pass.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

MAX_CONCURRENT_SENDS = 16
"""Messages on their way at once while the bot is backlogged: 80 a second where Telegram is 200 ms away.

Of messages to many people Telegram takes about 30 a second (https://core.telegram.org/bots/faq). Everything that waits
at once, after an outage for instance, would only be too much for it again.
"""
MAX_HOLD_SECONDS = 1.0
"""Time after which the next message goes out although the last one isn't recorded yet."""
MAX_QUEUE_SECONDS = 1.0
"""How long a message waits to be the only one on its way; a longer wait means that the bot is backlogged."""


@dataclass(frozen=True, slots=True)
class SendLimiter:
    """What the send slots of all updates share."""

    backlogged: Callable[[], bool]
    """Whether the bot has fallen behind, so that messages go out side by side."""
    max_queue_seconds: float = MAX_QUEUE_SECONDS
    """How long a message waits to be the only one on its way."""
    max_hold_seconds: float = MAX_HOLD_SECONDS
    """How long a message keeps others from being sent."""
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the message on its way, while the bot keeps up."""
    side_by_side: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CONCURRENT_SENDS))
    """Held by the messages on their way, while it doesn't."""


class SendSlot:
    """One update's right to send: acquired with its first message, held until its completion is recorded."""

    def __init__(self, limiter: SendLimiter) -> None:
        """Hold nothing yet."""
        self._limiter = limiter
        self._acquired: asyncio.Lock | asyncio.Semaphore | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def acquire(self) -> None:
        """Wait for the slot; returns at once if the update holds it, or has been completed."""
        if self._acquired is not None or self._closed:
            return
        self._acquired = await self._acquire_lock()
        self._timer = asyncio.get_running_loop().call_later(self._limiter.max_hold_seconds, self.release)

    async def _acquire_lock(self) -> asyncio.Lock | asyncio.Semaphore:
        if not self._limiter.backlogged():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limiter.max_queue_seconds):
                    await self._limiter.alone.acquire()
                    return self._limiter.alone
        await self._limiter.side_by_side.acquire()
        return self._limiter.side_by_side

    def release(self) -> None:
        """Let other updates send; this one has to acquire the slot again for its next message."""
        acquired, self._acquired = self._acquired, None
        if acquired is not None and self._timer is not None:
            self._timer.cancel()
            acquired.release()

    def close(self) -> None:
        """Release the slot for good: the update has been completed."""
        self.release()
        self._closed = True


class WorkSlot:
    """One update's place among those that are handled at once; held while the `async with` block runs."""

    def __init__(self, slots: asyncio.Semaphore, paused: Callable[[], AbstractContextManager[None]]) -> None:
        """`slots` are those of all updates; the context of `paused` is entered while the slot is given back."""
        self._slots = slots
        self._paused = paused
        self._held = False

    async def __aenter__(self) -> Self:
        """Wait for a slot."""
        await self._slots.acquire()
        self._held = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the slot."""
        if self._held:
            self._held = False
            self._slots.release()

    @asynccontextmanager
    async def given_back(self) -> AsyncIterator[None]:
        """Let another update have the slot while the block runs, and wait for a free one after it."""
        if not self._held:  # a background task of an update that has been handled
            yield
            return
        self._held = False
        self._slots.release()
        with self._paused():
            yield
        await self._slots.acquire()
        self._held = True
