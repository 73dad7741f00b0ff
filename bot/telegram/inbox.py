"""The library's update queue, made durable: `put` returns once the update is kept."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from uuid import uuid4

from telegram import Bot, Update

from bot.storage.clerk import Clerk
from bot.storage.database import Database
from bot.storage.inbox import Arrived, Held
from bot.storage.memories import Memories
from bot.storage.names import Names
from bot.telegram.order import chat_of

FRESH = 1000
"""Updates that are remembered as they came, so that they needn't be read again; the oldest goes first."""


class InboxQueue(asyncio.Queue[object]):
    """Keeps updates in the database; what there is room for comes out to be handled."""

    def __init__(self, database: Database, names: Names, memories: Memories, at_work: int) -> None:
        """`at_work` is how many updates are handled at once; twice as many may be in the house."""
        super().__init__()
        self.clerk = Clerk(database, uuid4().hex, memories, self._hand, 2 * at_work)
        self.bot: Bot | None = None
        """Whose updates these are."""
        self._names = names
        self._fresh: dict[int, Update] = {}

    async def put(self, item: object) -> None:
        """Keep an update; what else the library puts in passes through."""
        if isinstance(item, Update):
            await self.keep([item])
        else:
            await super().put(item)

    async def keep(self, updates: Sequence[Update]) -> bool:
        """Keep updates; False where that isn't possible, so that Telegram must not be told that they arrived."""
        now = time.time()
        arrived = [
            Arrived(update.update_id, self._names.of("chat", chat_of(update)), update.to_json(), now)
            for update in updates
        ]
        self._fresh |= {update.update_id: update for update in updates}
        while len(self._fresh) > FRESH:
            del self._fresh[next(iter(self._fresh))]
        return await self.clerk.keep(arrived)

    def _hand(self, held: Held) -> None:
        update = self._fresh.pop(held.update_id, None) or Update.de_json(json.loads(held.content), self.bot)
        self.put_nowait(update)
