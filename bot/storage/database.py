"""Access to the database: transactions, schema upgrades, and what differs between SQLite and PostgreSQL."""

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
"""How long closing the connections may take."""
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_ASYNCHRONOUS_COMMIT = text("SET LOCAL synchronous_commit = off")

T = TypeVar("T")
Upsert: TypeAlias = postgresql_dialect.Insert | sqlite_dialect.Insert


class Database:
    """Runs transactions, and hides from the rest of the bot which of the two kinds of database it is."""

    def __init__(self, url: str) -> None:
        """Make the engines without connecting; `url` as in `database_url.read_address`, which raises SettingsError."""
        self._address = read_address(url)
        self.pooled = self._address.pooled
        """Whether a connection pooler is in between, so that a connection lasts for one transaction only."""
        path = self._address.file
        self.engine = make_engine(path) if path else postgresql.make_engine(self._address, pooled=self.pooled)
        self._file = SqliteFile(path) if path else None
        # SQLite has one writer at a time: a queue here is fair, and cheaper than SQLite's own busy waiting.
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
        """Run a transaction that writes; raises StorageError where the database is unavailable.

        One that isn't `durable` survives a crash of the process, but may be lost in a power cut.
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
        """Run a function as a transaction that writes, which is cheaper than `begin`; raises StorageError."""
        if self._file is None or self._write_lock is None:
            async with self.begin(durable=durable) as connection:
                return await connection.run_sync(work)
        with self.translate_errors():
            async with self._write_lock:
                return await self._file.run(work, durable=durable)

    async def run_read_only(self, work: Work[T]) -> T:
        """Run a function that only reads; it never waits for a writer. Raises StorageError."""
        with self.translate_errors():
            if self._file is not None:
                return await self._file.read(work)
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                return await connection.run_sync(work)

    async def execute(self, statement: CompiledStatement, row: Mapping[str, object]) -> None:
        """Run a single statement that writes, as a transaction of its own; raises StorageError."""
        with self.translate_errors():
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                await connection.run_sync(statement.execute_many, [row])

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Run a transaction that only reads; it never waits for a writer. Raises StorageError."""
        with self.translate_errors():
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(read_only=True)
                async with connection.begin():
                    yield connection

    async def upgrade(self) -> None:
        """Upgrade the schema to the newest version; replicas that start together do so one after another.

        Raises StorageError, with its remedy, where the bot can't work with the database.
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
        """Turn drivers' errors into StorageError; see `driver_errors`."""
        return translate_errors(self._address.file)

    def insert(self, table: Table) -> Upsert:
        """Return an INSERT of this kind of database, which supports ON CONFLICT."""
        return postgresql_dialect.insert(table) if self.shared else sqlite_dialect.insert(table)

    def compiled(self, statement: ClauseElement) -> CompiledStatement:
        """Compile a statement for this kind of database."""
        return CompiledStatement(statement, self.engine.dialect)

    def matches_any(self, column: Column[Any], name: str) -> ColumnElement[bool]:
        """Return the condition that a column is among the numbers of parameter `name`, made by `array_parameter`.

        Unlike IN, its text doesn't depend on how many numbers there are, so that the statement can be compiled once.
        """
        if self.shared:
            return column == func.any(cast(bindparam(name), ARRAY(BigInteger)))
        return column.in_(select(literal_column("value")).select_from(func.json_each(bindparam(name))))

    def array_parameter(self, numbers: Sequence[int]) -> object:
        """Return numbers as a parameter of `matches_any`."""
        return list(numbers) if self.shared else json.dumps(numbers)

    def lock(self, connection: Connection, key: int) -> None:
        """Hold the advisory lock `key` until the transaction ends; without effect on SQLite, which has one writer."""
        if self.shared:
            connection.execute(_LOCK, {"key": key})

    def now(self) -> ColumnElement[float]:
        """Return the database's time in seconds since 1970, on which all replicas agree."""
        if self.shared:
            return cast(extract("epoch", func.clock_timestamp()), Double)
        return literal(time.time())

    async def responds(self, within_seconds: float) -> bool:
        """Tell whether it answers within so many seconds, be it with a refusal; a file does."""
        if not self.shared:
            return True
        asking = asyncio.create_task(self.run_read_only(lambda connection: connection.execute(_PING).scalar()))
        answered, silent = await asyncio.wait({asking}, timeout=within_seconds)
        for task in silent:
            task.cancel()  # it ends when its connection is given up
        for task in answered:
            task.exception()  # seen, so that nobody is told of it
        return bool(answered)

    async def close(self) -> None:
        """Close all connections, abandoning those that don't close in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_SECONDS):
                await self.engine.dispose()
        if self._file is not None:
            self._file.close()
