"""The library's update queue, made durable: updates are stored in the inbox before they are dispatched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from telegram import Bot, Update

from bot.storage.database import Database
from bot.storage.inbox import ClaimedUpdate, IncomingUpdate
from bot.storage.inbox_worker import InboxWorker
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.write_behind import WriteBehindStore
from bot.telegram.client import RawUpdate, UnreadableUpdateError, raw_update, read_update

_IN_PROGRESS_PER_WORK_SLOT = 2
"""Updates in progress for each that is handled at once: the others are ready when a work slot becomes free."""


@dataclass(frozen=True, slots=True)
class UnreadableUpdate:
    """Dispatched in the place of an update that can't be parsed."""

    key: int
    """Its key in the inbox: Telegram's number, or a negative one where it holds none."""
    reason: str
    """Why it can't be parsed, without anything that it holds."""


class InboxQueue(asyncio.Queue[object]):
    """Stores updates in the inbox; what the inbox worker dispatches comes out of the queue, parsed."""

    def __init__(
        self, bot: Bot, database: Database, pseudonyms: Pseudonyms, store: WriteBehindStore, concurrency: int
    ) -> None:
        """Parse updates for `bot`; `concurrency` is how many are handled at once."""
        super().__init__()
        capacity = _IN_PROGRESS_PER_WORK_SLOT * concurrency
        self.worker = InboxWorker(database, uuid4().hex, store, self._dispatch, capacity)
        """Stores and dispatches the updates."""
        self._bot = bot
        self._pseudonyms = pseudonyms

    async def put(self, item: object) -> None:
        """Store an update; other items, which the library puts in itself, go into the queue."""
        if isinstance(item, Update):
            await self.enqueue([raw_update(item.to_json())])
        else:
            await super().put(item)

    async def enqueue(self, updates: Sequence[RawUpdate]) -> bool:
        """Store updates; False where they couldn't be, so that Telegram must not be told that they arrived."""
        now = time.time()
        return await self.worker.enqueue(
            [IncomingUpdate(update.key, self._pseudonyms.chat(update.chat), update.text, now) for update in updates]
        )

    def _dispatch(self, claimed: ClaimedUpdate) -> None:
        try:
            self.put_nowait(read_update(claimed.content, self._bot))
        except UnreadableUpdateError as error:
            self.put_nowait(UnreadableUpdate(claimed.update_id, str(error)))
