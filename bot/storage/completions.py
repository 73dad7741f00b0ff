"""The ends of updates: each is written down at once, ahead of all else, for until then a crash repeats the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.storage import completion_batch
from bot.storage.database import Database
from bot.storage.database_health import DatabaseHealth
from bot.storage.inbox import Completion, Inbox, IncomingUpdate
from bot.storage.write_behind import PRIMARY_KEYS, Records, WriteBehindStore, rows_of

RETRY_SECONDS = 1.0
"""Seconds after which what couldn't be written is tried again."""
FLUSH_SECONDS = 0.5
"""Seconds between two times that store are written down which no other replica asks for."""
GATHER_SECONDS = 0.005
"""Seconds for which ends are gathered while the bot is backlogged: what is being sent then is in doubt anyway."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is written down in one transaction."""

    completions: Sequence[Completion]
    unstored: Sequence[IncomingUpdate]
    records: Records


class CompletionWriter:
    """Writes down, in one transaction, all that has completions while the one before it ran."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        store: WriteBehindStore,
        health: DatabaseHealth,
        backlogged: Callable[[], bool],
    ) -> None:
        """What `store` has noted while an update was handled is written down together with its end.

        `behind` tells whether the bot has fallen behind.
        """
        self.unstored: dict[int, IncomingUpdate] = {}
        """Updates that are handled although they couldn't be kept."""
        self._database = database
        self._inbox = inbox
        self._store = store
        self._health = health
        self._backlogged = backlogged
        self._batch_statement = database.compiled(completion_batch.statement(PRIMARY_KEYS)) if database.shared else None
        self._completions: list[Completion] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._flushed_at = 0.0  # when store were written down last, by the monotonic clock
        self._wakeup = asyncio.Event()
        self._stopping = False

    async def record(self, completion: Completion) -> None:
        """Return once it is written down that something is handled, or noted where nothing can be written."""
        self._completions.append(completion)
        self._wakeup.set()
        if self._health.failure_reason is None:
            written = asyncio.get_running_loop().create_future()
            self._waiters.append(written)
            await written

    async def run(self) -> None:
        """Write until told to stop."""
        while not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await self._wakeup.wait()
            if self._backlogged():
                await asyncio.sleep(GATHER_SECONDS)
            self._wakeup.clear()
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001  # whatever it is, it must go on
                self._health.failed(self, error)
                await asyncio.sleep(RETRY_SECONDS)

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping = True
        self._wakeup.set()

    async def write(self) -> None:
        """Write down what has come up; raises StorageError."""
        waiting, self._waiters = self._waiters, []
        try:
            await self._write(_Batch(self._completions.copy(), list(self.unstored.values()), self._due_records()))
        finally:
            for one in waiting:
                if not one.done():
                    one.set_result(None)

    async def _write(self, batch: _Batch) -> None:
        if not (batch.completions or batch.unstored or batch.records):
            return
        if self._batch_statement is None or batch.unstored or None in batch.records.values():
            await self._database.run(lambda connection: self._put(connection, batch), durable=bool(batch.unstored))
        else:
            written = completion_batch.parameters(batch.completions, rows_of(batch.records))
            await self._database.execute(self._batch_statement, written)
        self._completions = self._completions[len(batch.completions) :]
        for one in batch.unstored:
            del self.unstored[one.update_id]
        self._store.mark_written(batch.records)
        self._health.recovered(self)

    def _put(self, connection: Connection, batch: _Batch) -> None:
        self._inbox.enqueue(connection, batch.unstored, claimed=True)
        self._inbox.complete(connection, batch.completions)
        self._store.write(connection, batch.records)

    def _due_records(self) -> Records:
        """Return what is to be written down now; others need it at once, we ourselves only after a restart."""
        due = self._database.shared or self._stopping or time.monotonic() - self._flushed_at >= FLUSH_SECONDS
        if due:
            self._flushed_at = time.monotonic()
        return self._store.pending(urgent_only=not due)
