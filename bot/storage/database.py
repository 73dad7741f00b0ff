"""Access to the database: `read` and `write` run functions of a connection as transactions."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, suppress
from typing import Literal, TypeAlias, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import dialects
from bot.storage.backend import Backend, Work
from bot.storage.database_url import DATABASE_VARIABLE, read_address
from bot.storage.driver_errors import translate_errors
from bot.storage.postgresql import PostgresqlBackend
from bot.storage.schema_upgrade import upgrade
from bot.storage.sqlite import SqliteBackend

_UPGRADE_LOCK = 5_318_008_001
"""Key of PostgreSQL's advisory lock under which one replica upgrades the schema while the others wait."""
_PING = text("SELECT 1")
_CLOSE_TIMEOUT_SECONDS = 1.0
"""How long closing the connections may take."""

T = TypeVar("T")
DatabaseKind: TypeAlias = Literal["sqlite", "postgresql"]


class Database:
    """Runs transactions on a SQLite file or a PostgreSQL server."""

    def __init__(self, url: str, variable: str = DATABASE_VARIABLE) -> None:
        """Connect to nothing yet; `url` as in `database_url.read_address`, which raises SettingsError.

        `variable` is the one that holds the URL, for messages.
        """
        self._address = read_address(url, variable)
        path = self._address.file
        self._backend: Backend = PostgresqlBackend(self._address) if path is None else SqliteBackend(path)

    @property
    def shared(self) -> bool:
        """Whether several replicas may use it at once."""
        return self._server is not None

    @property
    def kind(self) -> DatabaseKind:
        """Which kind of database it is."""
        return "postgresql" if self.shared else "sqlite"

    @property
    def location(self) -> str:
        """The name of the file, or the hosts; no secret."""
        return self._address.location

    @property
    def pooled(self) -> bool:
        """Whether a connection pooler is in between, so that a connection lasts for one transaction only."""
        return self._server is not None and self._server.pooled

    async def read(self, work: Work[T], *, brief: bool = False) -> T:
        """Run work that only reads, and return its result; it never waits for a writer. Raises StorageError.

        Work is `brief` where it looks up a few rows by an index.
        """
        with self.translate_errors():
            return await self._backend.read(work, brief=brief)

    async def write(self, work: Work[T], *, durable: bool = True, one_statement: bool = False) -> T:
        """Run work as a transaction that is committed when it returns, and return its result; raises StorageError.

        A transaction that isn't `durable` survives a crash of the process, but may be lost in a power cut. Work of
        `one_statement`, which sets its own durability, is spared the round trips that begin and end a transaction.
        """
        with self.translate_errors():
            return await self._backend.write(work, durable=durable, one_statement=one_statement)

    async def upgrade(self) -> None:
        """Upgrade the schema to the newest version; replicas that start together do so one after another.

        Raises StorageError, with its remedy, where the bot can't work with the database.
        """
        with self.translate_errors():
            await self._backend.prepare()
        await self.write(_upgrade)

    async def connect(self) -> AsyncConnection:
        """Return a connection in autocommit mode, for what outlasts a transaction: LISTEN and a session's locks.

        Only for a shared database; drivers' errors aren't translated.
        """
        server = self._server
        if server is None:
            raise TypeError("a file has no sessions")
        return await server.connect()

    async def responds(self, within_seconds: float) -> bool:
        """Return whether the database answers in time, be it with a refusal; a file always does."""
        if not self.shared:
            return True
        asking = asyncio.create_task(self.read(lambda connection: connection.execute(_PING).scalar()))
        answered, silent = await asyncio.wait({asking}, timeout=within_seconds)
        for task in silent:
            task.cancel()  # it ends when its connection is given up
        for task in answered:
            task.exception()  # retrieved, so that asyncio doesn't log it
        return bool(answered)

    async def close(self) -> None:
        """Close all connections, abandoning those that don't close in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_SECONDS):
                await self._backend.close()

    @property
    def _server(self) -> PostgresqlBackend | None:
        return self._backend if isinstance(self._backend, PostgresqlBackend) else None

    def translate_errors(self) -> AbstractContextManager[None]:
        """Raise StorageError for drivers' errors, as `driver_errors.translate_errors` does."""
        return translate_errors(self._address.file, self._address.variable)


def _upgrade(connection: Connection) -> None:
    dialects.lock(connection, _UPGRADE_LOCK)
    upgrade(connection)
