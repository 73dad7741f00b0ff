"""Leader election for work that one replica does at a time, such as polling; when it dies, another does it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.inbox import oldest_live_replica

LOG = logging.getLogger(__name__)

LEADER_LOCK = 5_318_008_003
"""Key of the PostgreSQL advisory lock that the leader holds; the server frees it when the connection closes."""
_CHECK_SECONDS = 1.0
"""Interval between two checks whether this replica is, or is still, the leader."""
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")

LeaderTask = Callable[[asyncio.Event], Awaitable[None]]


async def run_as_leader(database: Database, replica: str, work: LeaderTask, stop: asyncio.Event, name: str) -> None:
    """Run `work` whenever this replica is the leader; return once `stop` is set.

    `work` is given an event that is set when it has to end. `replica` is the id of this process in the inbox; `name`
    describes the work in the log.
    """
    if not database.shared:
        await work(stop)
        return
    leadership = _OldestReplica(database, replica) if database.pooled else _AdvisoryLock(database)
    try:
        while not stop.is_set():
            if await leadership.is_leader():
                LOG.info("This replica is the leader now: %s", name)
                await _work(leadership, work, stop)
            else:
                await _pause(stop)
    finally:
        await leadership.release()


async def _work(leadership: _AdvisoryLock | _OldestReplica, work: LeaderTask, stop: asyncio.Event) -> None:
    end = asyncio.Event()
    watching = asyncio.create_task(_watch(leadership, stop, end))
    try:
        await work(end)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(leadership: _AdvisoryLock | _OldestReplica, stop: asyncio.Event, end: asyncio.Event) -> None:
    """Set `end` when the bot stops or another replica leads, not while the database is unavailable."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            asking = asyncio.create_task(leadership.is_leader(if_unknown=True))
            # A database that doesn't answer must not delay the stop.
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done() or not asking.result():
                asking.cancel()
                break
            await _pause(stop)
    finally:
        stopping.cancel()
        end.set()


async def _pause(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await stop.wait()
    except TimeoutError:
        return


class _OldestReplica:
    """Makes the live replica that started first the leader, for use behind a connection pooler.

    There a session's lock doesn't last beyond a transaction. For a moment two replicas may both be the leader, which is
    harmless: an update that both receive is stored once, by its id.
    """

    def __init__(self, database: Database, replica: str) -> None:
        self._database = database
        self._replica = replica

    async def is_leader(self, *, if_unknown: bool = False) -> bool:
        """Return whether this replica leads; `if_unknown` where that is unknown."""
        try:
            oldest = await self._database.read(oldest_live_replica)
        except StorageError:
            return if_unknown
        return if_unknown if oldest is None else oldest == self._replica

    async def release(self) -> None:
        """Do nothing: `Inbox.release` removes the replica from the list, which ends its leadership."""


class _AdvisoryLock:
    """Makes the replica the leader that holds an advisory lock, for as long as its connection lasts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None

    async def is_leader(self, *, if_unknown: bool = False) -> bool:
        """Return whether the lock is held, and acquire it if it is free; `if_unknown` where that can't be asked."""
        try:
            with self._database.translate_errors():
                if self._connection is not None:
                    await self._connection.execute(text("SELECT 1"))
                    return True
                return await self._acquire()
        except StorageError:
            await self.release()
            return if_unknown

    async def _acquire(self) -> bool:
        self._connection = await self._database.connect()
        if (await self._connection.execute(_TRY_LOCK, {"key": LEADER_LOCK})).scalar_one():
            return True
        await self.release()
        return False

    async def release(self) -> None:
        """Release the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()  # closes the connection, which frees the lock
            await connection.close()
