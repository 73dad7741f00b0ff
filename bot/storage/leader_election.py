"""Work that exactly one replica does at a time; another takes end when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.driver_errors import translate_errors
from bot.storage.inbox import oldest_live_replica

LOG = logging.getLogger(__name__)

LEADER_LOCK = 5_318_008_003
"""PostgreSQL's advisory lock of the replica that polls; it goes when its connection does."""
_CHECK_SECONDS = 1.0
"""Seconds between two attempts to get the lock, and between two looks whether it is still is_leader."""
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")

Work = Callable[[asyncio.Event], Awaitable[None]]


async def run_as_leader(database: Database, replica: str, work: Work, stop: asyncio.Event, name: str) -> None:
    """Run `work` while it is our leadership; it gets an event that says when to end. Returns once `stop` is set.

    `replica` is what this process is called in the inbox.
    """
    if not database.shared:
        await work(stop)
        return
    leadership = _OldestReplica(database, replica) if database.pooled else _AdvisoryLock(database)
    try:
        while not stop.is_set():
            if await leadership.is_leader():
                LOG.info("It is this replica's leadership: %s", name)
                await _work(leadership, work, stop)
            else:
                await _pause(stop)
    finally:
        await leadership.release()


async def _work(leadership: _AdvisoryLock | _OldestReplica, work: Work, stop: asyncio.Event) -> None:
    end = asyncio.Event()
    watching = asyncio.create_task(_watch(leadership, stop, end))
    try:
        await work(end)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(leadership: _AdvisoryLock | _OldestReplica, stop: asyncio.Event, end: asyncio.Event) -> None:
    """Set `end` when the bot stops, or another replica has the leadership; while the database is away, nobody can."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            asking = asyncio.create_task(leadership.is_leader(if_unknown=True))
            # A database that is silent keeps nobody from stopping.
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
    """The leadership of the replica that has lived longest, for behind a connection pooler no lock lasts.

    Heartbeats tell who lives. Where two hold themselves to be it for a moment, both may work: nothing is done twice,
    as updates have their numbers.
    """

    def __init__(self, database: Database, replica: str) -> None:
        self._database = database
        self._replica = replica

    async def is_leader(self, *, if_unknown: bool = False) -> bool:
        """Tell whether we are it; `if_unknown` where the database is away, or no heartbeat can be written any more."""
        try:
            oldest = await self._database.run_read_only(
                lambda connection: oldest_live_replica(connection, self._database)
            )
        except StorageError:
            return if_unknown
        return if_unknown if oldest is None else oldest == self._replica

    async def release(self) -> None:
        """Do nothing: the inbox takes release of the other replicas."""


class _AdvisoryLock:
    """A lock that lasts as long as its connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None

    async def is_leader(self, *, if_unknown: bool = False) -> bool:
        """Tell whether the lock is is_leader, and get it if it is free; `if_unknown` where the database is away."""
        try:
            with translate_errors():
                if self._connection is not None:
                    await self._connection.execute(text("SELECT 1"))
                    return True
                return await self._acquire()
        except StorageError:
            await self.release()
            return if_unknown

    async def _acquire(self) -> bool:
        connection = await self._database.engine.connect()
        self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        if (await self._connection.execute(_TRY_LOCK, {"key": LEADER_LOCK})).scalar_one():
            return True
        await self.release()
        return False

    async def release(self) -> None:
        """Give the lock back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()  # closes it, and with it the lock goes
            await connection.close()
