"""The database: its transactions, and its schema brought up to date."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    nullcontext,
    suppress,
)
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
    select,
    text,
)
from sqlalchemy.dialects import postgresql as postgresql_dialect
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import postgresql
from bot.storage.compiled_statement import CompiledStatement
from bot.storage.database_url import read_address
from bot.storage.driver_errors import translate_errors
from bot.storage.schema_upgrade import upgrade
from bot.storage.sqlite import SqliteFile, Work, create_file, make_engine

LOG = logging.getLogger(__name__)

_UPGRADE_LOCK = 5_318_008_001
"""PostgreSQL's advisory lock under which one replica upgrades the schema while the others wait."""
_PING = text("SELECT 1")
_CLOSE_TIMEOUT_SECONDS = 1.0
"""Seconds that connections get to be closed."""
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_ASYNCHRONOUS_COMMIT = text("SET LOCAL synchronous_commit = off")

T = TypeVar("T")
Upsert: TypeAlias = postgresql_dialect.Insert | sqlite_dialect.Insert


class Database:
    """Hands out transactions; knows the two kinds of databases, so that nobody else need to."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet; `url` as `address.read_address` takes it, which raises SettingsError."""
        self._address = read_address(url)
        self.pooled = self._address.pooled
        """Whether a connection pooler stands before it, so that a connection is ours for one transaction only."""
        path = self._address.file
        self.engine = make_engine(path) if path else postgresql.make_engine(self._address, pooled=self.pooled)
        self._file = SqliteFile(path) if path else None
        # SQLite has one writer at a time: queueing here is fair, and costs less than its own busy waiting.
        self._write_lock = asyncio.Lock() if path else None

    @property
    def shared(self) -> bool:
        """Whether several replicas may use it at once."""
        return self._file is None

    @property
    def engines(self) -> Sequence[Engine]:
        """All that connect to it."""
        return [self.engine.sync_engine, *([self._file.engine] if self._file is not None else [])]

    @asynccontextmanager
    async def begin(self, *, durable: bool = True) -> AsyncIterator[AsyncConnection]:
        """Run a transaction that writes; raise StorageError where the database can't serve.

        What isn't `durable` outlives the end of the process, but the last of it may be lost in a power cut.
        """
        lock: AbstractAsyncContextManager[Any] = nullcontext() if self._write_lock is None else self._write_lock
        with self.translate_errors():
            async with lock, self.engine.connect() as plain:
                connection = await plain.execution_options(durable=durable)
                async with connection.begin():
                    if self.shared and not durable:
                        await connection.execute(_ASYNCHRONOUS_COMMIT)
                    yield connection

    async def run(self, work: Work[T], *, durable: bool = True) -> T:
        """Run a transaction that writes in one go, which costs least; otherwise as `begin`."""
        if self._file is None or self._write_lock is None:
            async with self.begin(durable=durable) as connection:
                return await connection.run_sync(work)
        with self.translate_errors():
            async with self._write_lock:
                return await self._file.run(work, durable=durable)

    async def run_read_only(self, work: Work[T]) -> T:
        """Read in one go; it never waits for a writer."""
        with self.translate_errors():
            if self._file is not None:
                return await self._file.read(work)
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                return await connection.run_sync(work)

    async def execute(self, statement: CompiledStatement, row: Mapping[str, object]) -> None:
        """Run a single statement that writes."""
        with self.translate_errors():
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                await connection.run_sync(statement.execute_many, [row])

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Run a transaction that only reads; it never waits for a writer."""
        with self.translate_errors():
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(read_only=True)
                async with connection.begin():
                    yield connection

    async def upgrade(self) -> None:
        """Bring the schema up to date; replicas that start together take turns.

        Raises StorageError, with its remedy, where the database isn't one that the bot can work with.
        """
        if self._address.file is not None:
            create_file(self._address.file)
        elif await postgresql.probe(self._address) and not self.pooled:
            LOG.info("A connection pooler stands before the database: changes by other replicas are looked for")
            await self.engine.dispose()
            self.pooled, self.engine = True, postgresql.make_engine(self._address, pooled=True)
        await self.run(self._upgrade)

    def _upgrade(self, connection: Connection) -> None:
        self.lock(connection, _UPGRADE_LOCK)
        upgrade(connection)

    def translate_errors(self) -> AbstractContextManager[None]:
        """Raise StorageError where the database can't serve; see `failures`."""
        return translate_errors(self._address.file)

    def insert(self, table: Table) -> Upsert:
        """Return an INSERT that can say what to do where the row is there already."""
        return postgresql_dialect.insert(table) if self.shared else sqlite_dialect.insert(table)

    def compiled(self, statement: ClauseElement) -> CompiledStatement:
        """Spell a statement out as this kind of database takes it."""
        return CompiledStatement(statement, self.engine.dialect)

    def matches_any(self, column: Column[Any], name: str) -> ColumnElement[bool]:
        """Return whether a column is among the `several` of a parameter; the statement's text is always the same."""
        if self.shared:
            return column == func.any(cast(bindparam(name), ARRAY(BigInteger)))
        return column.in_(select(literal_column("value")).select_from(func.json_each(bindparam(name))))

    def array_parameter(self, numbers: Sequence[int]) -> object:
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

    async def answers(self, within_s: float) -> bool:
        """Tell whether it answers within so many seconds, be it with a refusal; a file does."""
        if not self.shared:
            return True
        asking = asyncio.create_task(self.run_read_only(lambda connection: connection.execute(_PING).scalar()))
        answered, silent = await asyncio.wait({asking}, timeout=within_s)
        for task in silent:
            task.cancel()  # it ends when its connection is given up
        for task in answered:
            task.exception()  # seen, so that nobody is told of it
        return bool(answered)

    async def close(self) -> None:
        """Close all connections; one that doesn't answer any more is given up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_SECONDS):
                await self.engine.dispose()
        if self._file is not None:
            self._file.close()
