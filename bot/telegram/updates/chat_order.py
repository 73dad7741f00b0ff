"""The order in which updates are handled: one after another within a chat, chats side by side."""

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
from bot.telegram.client import CURRENT_SENDER, OutageLog, Sender, SendLimiter, SendSlot, WorkSlot
from bot.telegram.updates.attempts import Attempts, GaveUp, TryAgain
from bot.telegram.updates.inbox_queue import UnreadableUpdate

LOG = logging.getLogger(__name__)

MAX_PENDING_UPDATES = 10_000
"""Updates that may be in progress at once, by the library's count; the inbox worker dispatches far fewer."""
Handle = Callable[[object], Coroutine[Any, Any, None]]
"""Has the application's handlers handle an update."""


class ChatOrder(BaseUpdateProcessor):
    """Handles each update until it is completed, in its chat's order; those that wait for their chat hold no slot."""

    def __init__(self, concurrency: int, attempts: Attempts, inbox_worker: InboxWorker, handle: Handle) -> None:
        """Handle up to `concurrency` updates at once, and have the inbox worker record which are completed.

        `handle` is called for an update that is handled again.
        """
        super().__init__(MAX_PENDING_UPDATES)
        self._process_again = handle
        self._attempts = attempts
        self._worker = inbox_worker
        self._chats: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()
        self._work_slots = asyncio.Semaphore(concurrency)
        self._send_limiter = SendLimiter(lambda: inbox_worker.backlogged)
        self._outages = OutageLog(LOG)
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's earlier updates, then for a work slot, and handle the update until it is completed."""
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
        """Cancel the updates in progress; they stay in the inbox."""
        self._stop.set()
        for task in self._tasks:
            task.cancel()

    async def initialize(self) -> None:
        """Do nothing: the library requires the method."""

    async def shutdown(self) -> None:
        """Do nothing: the library requires the method."""

    async def _in_order(self, update: Update, coroutine: Awaitable[Any]) -> None:
        chat, update_id = chat_of(update), update.update_id
        lock = self._chats.setdefault(chat, asyncio.Lock())
        async with lock:
            send_slot = SendSlot(self._send_limiter)
            work_slot = WorkSlot(self._work_slots, lambda: self._worker.paused(update_id))
            CURRENT_SENDER.set(Sender(send_slot, work_slot, self._outages))
            try:
                completion = await self._handle(update, coroutine, work_slot)
                await self._worker.complete(completion)
            finally:
                send_slot.close()
                self._attempts.forget(update_id)

    async def _handle(self, update: Update, coroutine: Awaitable[Any], work_slot: WorkSlot) -> Completion:
        """Handle an update, again where its failure calls for it; between attempts the chat waits without a slot."""
        update_id, attempt = update.update_id, coroutine
        while True:
            self._attempts.begin(update_id)
            async with work_slot:
                await attempt
            match self._attempts.verdict(update_id):
                case TryAgain(wait):
                    with self._worker.paused(update_id):
                        await asyncio.sleep(wait)
                    attempt = self._process_again(update)
                case GaveUp(failures, error):
                    return Completion(update_id, DEAD_LETTER, time.time(), failures, error)
                case _:
                    return Completion(update_id, DONE, time.time())


def chat_of(update: Update) -> int:
    """Return the id of the chat whose order an update belongs to; of the person, where there is no chat."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else 0


def _close(coroutine: Awaitable[Any]) -> None:
    """Keep Python from warning that a coroutine was never awaited, where handling was cancelled before it began."""
    if isinstance(coroutine, Coroutine):
        coroutine.close()
