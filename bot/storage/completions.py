"""Records completed updates: at once and ahead of other writes, for until then a crash would repeat the answer.

While one transaction runs, completions collect, and the next transaction writes all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from bot.storage import completion_batch
from bot.storage.database import Database
from bot.storage.database_health import DatabaseHealth
from bot.storage.inbox import Completion, Inbox, IncomingUpdate
from bot.storage.write_behind import Records, WriteBehindStore

RETRY_SECONDS = 1.0
"""Delay before a failed write is retried."""
FLUSH_SECONDS = 0.5
"""Interval at which the write-behind store is flushed to a database that no other replica reads."""
GATHER_SECONDS = 0.005
"""How long completions are gathered into one write while the bot is backlogged.

Then several answers are on their way at once anyway, which a crash may repeat (docs/delivery.md)."""


class CompletionWriter:
    """Writes completions, and the pending records of the write-behind store, in batches."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        store: WriteBehindStore,
        health: DatabaseHealth,
        backlogged: Callable[[], bool],
    ) -> None:
        """Pending records of `store` are written together with the completion of their update.

        `backlogged` returns whether more updates are in progress than are answered without delay.
        """
        self.unstored: dict[int, IncomingUpdate] = {}
        """Updates that are handled from memory because they couldn't be stored, by id; stored with a later write."""
        self._database = database
        self._inbox = inbox
        self._store = store
        self._health = health
        self._backlogged = backlogged
        self._completions: list[Completion] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._flushed_at = 0.0  # time of the last flush of the store, monotonic
        self._wakeup = asyncio.Event()
        self._stopping = False

    async def record(self, completion: Completion) -> None:
        """Return once the completion is stored; at once, and stored later, while the database is unavailable."""
        self._completions.append(completion)
        self._wakeup.set()
        if self._health.failure_reason is None:
            written = asyncio.get_running_loop().create_future()
            self._waiters.append(written)
            await written

    async def run(self) -> None:
        """Write whenever there is something to write, until `stop`."""
        while not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await self._wakeup.wait()
            if self._backlogged():
                await asyncio.sleep(GATHER_SECONDS)
            self._wakeup.clear()
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001  # a defect too must not stop the writer
                self._health.failed(self, error)
                await asyncio.sleep(RETRY_SECONDS)

    def stop(self) -> None:
        """Make `run` return after its current write."""
        self._stopping = True
        self._wakeup.set()

    async def write(self) -> None:
        """Write what has collected; raises StorageError. Callers that wait in `record` are released in either case."""
        waiting, self._waiters = self._waiters, []
        try:
            async with self._store.writing:
                await self._write(self._completions.copy(), list(self.unstored.values()), self._due_records())
        finally:
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)

    async def _write(
        self, completions: Sequence[Completion], unstored: Sequence[IncomingUpdate], records: Records
    ) -> None:
        if not (completions or unstored or records):
            return
        if unstored:  # before their completions, which only change rows that are there
            await self._database.write(partial(self._inbox.enqueue, arrived=unstored, claimed=True))
            for update in unstored:
                del self.unstored[update.update_id]
        if completions or records:
            batch = partial(completion_batch.write, completions=completions, records=records)
            await self._database.write(batch, durable=False, one_statement=True)
            self._completions = self._completions[len(completions) :]
            self._store.mark_written(records)
        self._health.recovered(self)

    def _due_records(self) -> Records:
        """Return the records to write now: all of them where other replicas read them, else mostly at intervals."""
        due = self._database.shared or self._stopping or time.monotonic() - self._flushed_at >= FLUSH_SECONDS
        if due:
            self._flushed_at = time.monotonic()
        return self._store.pending(urgent_only=not due)
