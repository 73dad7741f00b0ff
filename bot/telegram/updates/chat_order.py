"""The order in which updates are handled: one after another in a chat, chats side by side, each until it is done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.storage.inbox import Completion
from bot.storage.inbox_worker import InboxWorker
from bot.storage.schema import DEAD_LETTER, DONE
from bot.telegram.client import CURRENT_SEND_SLOT, WORK_SLOT, OutageLog, SendLimiter, SendSlot, WorkSlot
from bot.telegram.updates.attempts import Attempts, GaveUp, TryAgain
from bot.telegram.updates.inbox_queue import UnreadableUpdate

LOG = logging.getLogger(__name__)

MAX_PENDING_UPDATES = 10_000
"""Updates that may be in the house at once, most of them waiting for their chat."""


class ChatOrder(BaseUpdateProcessor):
    """Keeps a chat's updates in order; one that waits for its chat takes no place from the others."""

    def __init__(self, at_work: int, attempts: Attempts, inbox_worker: InboxWorker) -> None:
        """`at_work` updates are handled at once; the inbox_worker writes down each that needs no more work."""
        super().__init__(MAX_PENDING_UPDATES)
        self.process_again: Callable[[object], Coroutine[Any, Any, None]] | None = None
        """How to handle an update another time."""
        self._attempts = attempts
        self._worker = inbox_worker
        self._chats: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()
        self._work_slots = asyncio.Semaphore(at_work)
        self._send_limiter = SendLimiter(OutageLog(LOG), lambda: inbox_worker.backlogged)
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's earlier updates, then for a free place, and handle the update until it is done."""
        task = asyncio.current_task()
        if isinstance(update, UnreadableUpdate):
            await coroutine
            await self._worker.complete(Completion(update.key, DEAD_LETTER, time.time(), 1, update.reason))
            return
        if not isinstance(update, Update) or task is None:
            await coroutine
            return
        self._tasks.add(task)
        try:
            await self._in_order(update, coroutine)
        except asyncio.CancelledError:
            if not self._stop.is_set():
                raise
        finally:
            self._tasks.discard(task)
            _close(coroutine)

    def stop(self) -> None:
        """Give up what is at work; it stays in the inbox."""
        self._stop.set()
        for task in self._tasks:
            task.cancel()

    async def initialize(self) -> None:
        """Need nothing."""

    async def shutdown(self) -> None:
        """Leave nothing behind."""

    async def _in_order(self, update: Update, coroutine: Awaitable[Any]) -> None:
        chat = chat_of(update)
        lock = self._chats.setdefault(chat, asyncio.Lock())
        async with lock:
            send_slot = SendSlot(self._send_limiter)
            CURRENT_SEND_SLOT.set(send_slot)
            try:
                await self._until_done(update, coroutine)
            finally:
                send_slot.close()
                self._attempts.forget(update.update_id)

    async def _until_done(self, update: Update, coroutine: Awaitable[Any]) -> None:
        """Handle an update, again and again while it is worth it; the chat waits, but no place is taken meanwhile."""
        number, attempt = update.update_id, coroutine
        slot = WorkSlot(self._work_slots, lambda: self._worker.paused(number))
        WORK_SLOT.set(slot)
        while True:
            self._attempts.begin(number)
            async with slot:
                await attempt
            match self._attempts.verdict(number):
                case TryAgain(wait) if self.process_again is not None:
                    with self._worker.paused(number):
                        await asyncio.sleep(wait)
                    attempt = self.process_again(update)
                case GaveUp(failures, error):
                    await self._worker.complete(Completion(number, DEAD_LETTER, time.time(), failures, error))
                    return
                case _:
                    await self._worker.complete(Completion(number, DONE, time.time()))
                    return


def chat_of(update: Update) -> int:
    """Return what the updates that have to stay in order share: the chat, or, where there is none, the person."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else 0


def _close(coroutine: Awaitable[Any]) -> None:
    """Spare the log a warning where the update wasn't begun."""
    if isinstance(coroutine, Coroutine):
        coroutine.close()
