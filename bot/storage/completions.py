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
from bot.storage.write_behind import KEYS, Notes, WriteBehindStore, rows_of

AGAIN = 1.0
"""Seconds after which what couldn't be written is tried again."""
NOTED_EVERY = 0.5
"""Seconds between two times that memories are written down which no other replica asks for."""
GATHERED = 0.005
"""Seconds for which ends are gathered while the bot has fallen behind: then what is on its way is in doubt anyway."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is written down in one transaction."""

    ended: Sequence[Completion]
    unkept: Sequence[IncomingUpdate]
    notes: Notes


class CompletionWriter:
    """Writes down, in one transaction, all that has ended while the one before it ran."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        memories: WriteBehindStore,
        trouble: DatabaseHealth,
        behind: Callable[[], bool],
    ) -> None:
        """What `memories` has noted while an update was handled is written down together with its end.

        `behind` tells whether the bot has fallen behind.
        """
        self.unkept: dict[int, IncomingUpdate] = {}
        """Updates that are handled although they couldn't be kept."""
        self._database = database
        self._inbox = inbox
        self._memories = memories
        self._trouble = trouble
        self._behind = behind
        self._as_one = database.spelt(completion_batch.statement(KEYS)) if database.shared else None
        self._ended: list[Completion] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._noted = 0.0  # when memories were written down last, by the monotonic clock
        self._work = asyncio.Event()
        self._over = False

    async def note(self, ended: Completion) -> None:
        """Return once it is written down that something is handled, or noted where nothing can be written."""
        self._ended.append(ended)
        self._work.set()
        if self._trouble.reason is None:
            written = asyncio.get_running_loop().create_future()
            self._waiting.append(written)
            await written

    async def run(self) -> None:
        """Write until told to stop."""
        while not self._over:
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN):
                    await self._work.wait()
            if self._behind():
                await asyncio.sleep(GATHERED)
            self._work.clear()
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001  # whatever it is, it must go on
                self._trouble.failed(self, error)
                await asyncio.sleep(AGAIN)

    def stop(self) -> None:
        """Let `run` end."""
        self._over = True
        self._work.set()

    async def write(self) -> None:
        """Write down what has come up; raises StorageError."""
        waiting, self._waiting = self._waiting, []
        try:
            await self._write(_Batch(self._ended.copy(), list(self.unkept.values()), self._due_notes()))
        finally:
            for one in waiting:
                if not one.done():
                    one.set_result(None)

    async def _write(self, batch: _Batch) -> None:
        if not (batch.ended or batch.unkept or batch.notes):
            return
        if self._as_one is None or batch.unkept or None in batch.notes.values():
            await self._database.run(lambda connection: self._put(connection, batch), lasting=bool(batch.unkept))
        else:
            written = completion_batch.parameters(batch.ended, rows_of(batch.notes))
            await self._database.put(self._as_one, written)
        self._ended = self._ended[len(batch.ended) :]
        for one in batch.unkept:
            del self.unkept[one.update_id]
        self._memories.written(batch.notes)
        self._trouble.over(self)

    def _put(self, connection: Connection, batch: _Batch) -> None:
        self._inbox.keep(connection, batch.unkept, in_hand=True)
        self._inbox.end(connection, batch.ended)
        self._memories.write(connection, batch.notes)

    def _due_notes(self) -> Notes:
        """Return what is to be written down now; others need it at once, we ourselves only after a restart."""
        due = self._database.shared or self._over or time.monotonic() - self._noted >= NOTED_EVERY
        if due:
            self._noted = time.monotonic()
        return self._memories.unwritten(pressing=not due)
