"""The database: its transactions, and its schema brought up to date."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ClauseElement,
    Column,
    ColumnElement,
    Connection,
    Double,
    Table,
    bindparam,
    cast,
    extract,
    func,
    literal,
    literal_column,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.failures import translated
from bot.storage.spelt import Spelt
from bot.storage.sqlite import File, Work, listen, make_file
from bot.storage.upgrade import upgrade

POSTGRESQL = "postgresql"
_UPGRADE_LOCK = 5_318_008_001
"""PostgreSQL's advisory lock under which one replica upgrades the schema while the others wait."""
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_QUICKLY = text("SET LOCAL synchronous_commit = off")
_PATIENCE = 10
"""Seconds to wait for a connection or a statement."""

T = TypeVar("T")
Upsert: TypeAlias = postgresql.Insert | sqlite.Insert


class Database:
    """Hands out transactions; knows the two kinds of databases, so that nobody else need to."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet; `url` is `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`."""
        self._url = make_url(url)
        self.engine = _engine(self._url)
        self._file = File(self._url) if not self.shared else None
        # SQLite has one writer at a time: queueing here is fair, and costs less than its own busy waiting.
        self._writing = asyncio.Lock() if not self.shared else None

    @property
    def shared(self) -> bool:
        """Whether several replicas may use it at once."""
        return self._url.get_backend_name() == POSTGRESQL

    @property
    def engines(self) -> Sequence[Engine]:
        """All that connect to it."""
        return [self.engine.sync_engine, *([self._file.engine] if self._file is not None else [])]

    @asynccontextmanager
    async def begin(self, *, lasting: bool = True) -> AsyncIterator[AsyncConnection]:
        """Run a transaction that writes; raise StorageError where the database can't serve.

        What isn't `lasting` outlives the end of the process, but the last of it may be lost in a power cut.
        """
        lock: AbstractAsyncContextManager[Any] = nullcontext() if self._writing is None else self._writing
        with translated():
            async with lock, self.engine.connect() as plain:
                connection = await plain.execution_options(lasting=lasting)
                async with connection.begin():
                    if self.shared and not lasting:
                        await connection.execute(_QUICKLY)
                    yield connection

    async def run(self, work: Work[T], *, lasting: bool = True) -> T:
        """Run a transaction that writes in one go, which costs least; otherwise as `begin`."""
        if self._file is None or self._writing is None:
            async with self.begin(lasting=lasting) as connection:
                return await connection.run_sync(work)
        with translated():
            async with self._writing:
                return await self._file.run(work, lasting=lasting)

    async def look(self, work: Work[T]) -> T:
        """Read in one go; it never waits for a writer."""
        with translated():
            if self._file is not None:
                return await self._file.look(work)
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                return await connection.run_sync(work)

    async def put(self, statement: Spelt, row: Mapping[str, object]) -> None:
        """Run a single statement that writes."""
        with translated():
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                await connection.run_sync(statement.run, [row])

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Run a transaction that only reads; it never waits for a writer."""
        with translated():
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(only_reads=True)
                async with connection.begin():
                    yield connection

    async def upgrade(self) -> None:
        """Bring the schema up to date; replicas that start together take turns."""
        if not self.shared and self._url.database:
            make_file(Path(self._url.database))
        await self.run(self._upgrade)

    def _upgrade(self, connection: Connection) -> None:
        self.lock(connection, _UPGRADE_LOCK)
        upgrade(connection)

    def insert(self, table: Table) -> Upsert:
        """Return an INSERT that can say what to do where the row is there already."""
        return postgresql.insert(table) if self.shared else sqlite.insert(table)

    def spelt(self, statement: ClauseElement) -> Spelt:
        """Spell a statement out as this kind of database takes it."""
        return Spelt(statement, self.engine.dialect)

    def among(self, column: Column[Any], name: str) -> ColumnElement[bool]:
        """Return whether a column is among the `several` of a parameter; the statement's text is always the same."""
        if self.shared:
            return column == func.any(cast(bindparam(name), ARRAY(BigInteger)))
        return column.in_(select(literal_column("value")).select_from(func.json_each(bindparam(name))))

    def several(self, numbers: Sequence[int]) -> object:
        """Return numbers as a parameter takes them."""
        return list(numbers) if self.shared else json.dumps(numbers)

    def lock(self, connection: Connection, key: int) -> None:
        """Keep other replicas out of what is done under `key` until the transaction ends."""
        if self.shared:
            connection.execute(_LOCK, {"key": key})

    def now(self) -> ColumnElement[float]:
        """Return the time in seconds since 1970 as the database has it, so that replicas agree on it."""
        if self.shared:
            return cast(extract("epoch", func.clock_timestamp()), Double)
        return literal(time.time())

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
        if self._file is not None:
            self._file.close()


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == POSTGRESQL:
        patience = {"timeout": _PATIENCE, "command_timeout": 3 * _PATIENCE}
        return create_async_engine(
            url, pool_size=8, max_overflow=8, pool_timeout=_PATIENCE, pool_recycle=1800, connect_args=patience
        )
    engine = create_async_engine(url, pool_timeout=_PATIENCE)
    listen(engine.sync_engine)
    return engine
