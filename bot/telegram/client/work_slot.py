"""The place of an update among those that are worked on at once, which it gives back while it waits for Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Self


class WorkSlot:
    """One update's slot; taken while the `async with` block runs."""

    def __init__(self, slots: asyncio.Semaphore, resting: Callable[[], AbstractContextManager[None]]) -> None:
        """`slots` are those of all updates; `resting` is entered while the slot is given back."""
        self._slots = slots
        self._resting = resting
        self._held = False

    async def __aenter__(self) -> Self:
        """Wait for a slot."""
        await self._slots.acquire()
        self._held = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the slot back."""
        if self._held:
            self._held = False
            self._slots.release()

    @asynccontextmanager
    async def given_back(self) -> AsyncIterator[None]:
        """Give the slot back while the block runs, and wait for another after it."""
        if not self._held:  # the update is over, and something goes on that it began
            yield
            return
        self._held = False
        self._slots.release()
        with self._resting():
            yield
        await self._slots.acquire()
        self._held = True


WORK_SLOT: ContextVar[WorkSlot | None] = ContextVar("work_slot", default=None)
"""The slot of the update that is being handled."""


async def rest(seconds: float) -> None:
    """Sleep, and let others have the slot meanwhile."""
    slot = WORK_SLOT.get()
    if slot is None:
        await asyncio.sleep(seconds)
        return
    async with slot.given_back():
        await asyncio.sleep(seconds)
