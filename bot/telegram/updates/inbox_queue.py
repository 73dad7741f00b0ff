"""The library's update queue, made durable: `put` returns once the update is kept."""

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


@dataclass(frozen=True, slots=True)
class UnreadableUpdate:
    """Comes out of the queue in the place of an update that can't be read."""

    key: int
    """What it is kept under: Telegram's number, or a negative one where it holds none."""
    reason: str
    """Why it can't be read, without anything that it holds."""


class InboxQueue(asyncio.Queue[object]):
    """Keeps updates in the database; what there is room for comes out to be handled."""

    def __init__(self, database: Database, names: Pseudonyms, memories: WriteBehindStore, at_work: int) -> None:
        """`at_work` is how many updates are handled at once; twice as many may be in the house."""
        super().__init__()
        self.worker = InboxWorker(database, uuid4().hex, memories, self._dispatch, 2 * at_work)
        self.bot: Bot | None = None
        """Whose updates these are."""
        self._names = names

    async def put(self, item: object) -> None:
        """Keep an update; what else the library puts in passes through."""
        if isinstance(item, Update):
            await self.enqueue([raw_update(item.to_json())])
        else:
            await super().put(item)

    async def enqueue(self, updates: Sequence[RawUpdate]) -> bool:
        """Keep updates; False where that isn't possible, so that Telegram must not be told that they arrived."""
        now = time.time()
        named = self._names.of
        return await self.worker.enqueue(
            [IncomingUpdate(one.key, named("chat", one.chat), one.text, now) for one in updates]
        )

    def _dispatch(self, held: ClaimedUpdate) -> None:
        try:
            self.put_nowait(read_update(held.content, self.bot))
        except UnreadableUpdateError as error:
            self.put_nowait(UnreadableUpdate(held.update_id, str(error)))
