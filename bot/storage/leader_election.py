"""Work that exactly one replica does at a time; another takes over when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.driver_errors import translated
from bot.storage.inbox import eldest_alive

LOG = logging.getLogger(__name__)

POLLING = 5_318_008_003
"""PostgreSQL's advisory lock of the replica that polls; it goes when its connection does."""
_LOOK = 1.0
"""Seconds between two attempts to get the lock, and between two looks whether it is still ours."""
_TRY = text("SELECT pg_try_advisory_lock(:key)")

Work = Callable[[asyncio.Event], Awaitable[None]]


async def run_as_leader(database: Database, replica: str, work: Work, stop: asyncio.Event, name: str) -> None:
    """Run `work` while it is our turn; it gets an event that says when to end. Returns once `stop` is set.

    `replica` is what this process is called in the inbox.
    """
    if not database.shared:
        await work(stop)
        return
    turn = _Eldest(database, replica) if database.pooled else _Lock(database)
    try:
        while not stop.is_set():
            if await turn.ours():
                LOG.info("It is this replica's turn: %s", name)
                await _work(turn, work, stop)
            else:
                await _pause(stop)
    finally:
        await turn.leave()


async def _work(turn: _Lock | _Eldest, work: Work, stop: asyncio.Event) -> None:
    over = asyncio.Event()
    watching = asyncio.create_task(_watch(turn, stop, over))
    try:
        await work(over)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(turn: _Lock | _Eldest, stop: asyncio.Event, over: asyncio.Event) -> None:
    """Set `over` when the bot stops, or another replica has the turn; while the database is away, nobody can."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            looking = asyncio.create_task(turn.ours(unknown=True))
            # A database that is silent keeps nobody from stopping.
            await asyncio.wait({looking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not looking.done() or not looking.result():
                looking.cancel()
                break
            await _pause(stop)
    finally:
        stopping.cancel()
        over.set()


async def _pause(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LOOK):
            await stop.wait()
    except TimeoutError:
        return


class _Eldest:
    """The turn of the replica that has lived longest, for behind a connection pooler no lock lasts.

    Heartbeats tell who lives. Where two hold themselves to be it for a moment, both may work: nothing is done twice,
    as updates have their numbers.
    """

    def __init__(self, database: Database, replica: str) -> None:
        self._database = database
        self._replica = replica

    async def ours(self, *, unknown: bool = False) -> bool:
        """Tell whether we are it; `unknown` where the database is away, or no heartbeat can be written any more."""
        try:
            eldest = await self._database.look(lambda connection: eldest_alive(connection, self._database))
        except StorageError:
            return unknown
        return unknown if eldest is None else eldest == self._replica

    async def leave(self) -> None:
        """Do nothing: the inbox takes leave of the other replicas."""


class _Lock:
    """A lock that lasts as long as its connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None

    async def ours(self, *, unknown: bool = False) -> bool:
        """Tell whether the lock is ours, and get it if it is free; `unknown` where the database is away."""
        try:
            with translated():
                if self._connection is not None:
                    await self._connection.execute(text("SELECT 1"))
                    return True
                return await self._get()
        except StorageError:
            await self.leave()
            return unknown

    async def _get(self) -> bool:
        connection = await self._database.engine.connect()
        self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        if (await self._connection.execute(_TRY, {"key": POLLING})).scalar_one():
            return True
        await self.leave()
        return False

    async def leave(self) -> None:
        """Give the lock back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()  # closes it, and with it the lock goes
            await connection.close()
