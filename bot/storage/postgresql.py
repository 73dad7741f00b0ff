"""PostgreSQL: transactions on a server, and whether the bot can work with that server."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StorageError
from bot.storage.backend import Work
from bot.storage.database_url import CONNECT_TIMEOUT_SECONDS, Address
from bot.storage.driver_errors import READ_ONLY, translate_errors

LOG = logging.getLogger(__name__)

T = TypeVar("T")

ENCODING = "UTF8"
"""The encoding that holds what people write in any language."""
_STATEMENT_TIMEOUT_SECONDS = 30
_URL = URL.create("postgresql+asyncpg")
"""Everything else, the password too, is handed to the driver past SQLAlchemy, which shows URLs."""
_UNNAMED_STATEMENTS = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
}
"""Arguments with which the driver prepares no statements by name, but sends each anew.

Behind a pooler the next transaction may run on another connection, where a statement that was prepared doesn't exist,
or one of another client has the same name. asyncpg sends nameless statements together with their parameters.
"""
_ASYNCHRONOUS_COMMIT = text("SET LOCAL synchronous_commit = off")
_PROBE = text(
    "SELECT pg_backend_pid(), current_setting('server_encoding'), current_setting('transaction_read_only') = 'on', "
    "pg_is_in_recovery(), quote_ident(current_database())"
)
_RIGHTS = text(
    "SELECT quote_ident(current_user), quote_ident(current_schema()), "
    "has_schema_privilege(current_schema(), 'CREATE'), quote_ident(current_database())"
)


class PostgresqlBackend:
    """A PostgreSQL server, which several replicas may share."""

    def __init__(self, address: Address) -> None:
        """Connect to nothing yet."""
        self.pooled = address.pooled
        """Whether a connection pooler is in front of the server; known for certain after `prepare`."""
        self._address = address
        self._engine = _make_engine(address, pooled=self.pooled)

    async def prepare(self) -> None:
        """Look at the server; raises StorageError where the bot can't work with it."""
        if await probe(self._address) and not self.pooled:
            LOG.info("A connection pooler is in front of the database: polling for changes by other replicas")
            await self._engine.dispose()
            self.pooled, self._engine = True, _make_engine(self._address, pooled=True)

    async def read(self, work: Work[T], *, brief: bool = True) -> T:  # noqa: ARG002  # no thread waits either way
        """Run work that only reads; each of its statements sees what was committed before it began."""
        async with self._engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            return await connection.run_sync(work)

    async def write(self, work: Work[T], *, durable: bool, one_statement: bool) -> T:
        """Run work that writes; one statement is a transaction by itself, and takes one round trip instead of four."""
        if one_statement:
            return await self.read(work)
        async with self._engine.begin() as connection:
            if not durable:
                await connection.execute(_ASYNCHRONOUS_COMMIT)
            return await connection.run_sync(work)

    async def connect(self) -> AsyncConnection:
        """Return a connection in autocommit mode."""
        connection = await self._engine.connect()
        return await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def _make_engine(address: Address, *, pooled: bool) -> AsyncEngine:
    return create_async_engine(
        _URL,
        pool_size=8,
        max_overflow=8,
        pool_timeout=CONNECT_TIMEOUT_SECONDS,
        pool_recycle=1800,
        connect_args=_arguments(address, pooled=pooled),
    )


async def probe(address: Address) -> bool:
    """Look at the server before anything is written; return whether a connection pooler is in front of it.

    Raises StorageError where the bot can't work with it.
    """
    engine = create_async_engine(_URL, poolclass=NullPool, connect_args=_arguments(address, pooled=True))
    try:
        with translate_errors(setting=address.variable):
            async with engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                process, encoding, read_only, standby, name = (await connection.execute(_PROBE)).one()
    finally:
        await engine.dispose()
    _check(address, encoding, name, writable=not (read_only or standby))
    # A pooler announces a process id of its own making, because the server process changes with each transaction.
    return address.pooled or driver.get_server_pid() != process


def check_rights(connection: Connection) -> None:
    """Raise StorageError, with what to run, where the bot's user may not make tables."""
    user, schema, creates, name = connection.execute(_RIGHTS).one()
    if not creates:
        raise StorageError(
            f"the user {user} may not make the bot's tables in the database {name}; as its owner run there: "
            f"GRANT USAGE, CREATE ON SCHEMA {schema or 'public'} TO {user}"
        )


def _arguments(address: Address, *, pooled: bool) -> Mapping[str, Any]:
    return {**address.connect, "command_timeout": _STATEMENT_TIMEOUT_SECONDS, **(_UNNAMED_STATEMENTS if pooled else {})}


def _check(address: Address, encoding: str, name: str, *, writable: bool) -> None:
    if encoding != ENCODING:
        raise StorageError(
            f"the database {name} keeps text as {encoding}, which can't hold what people write; make another, "
            f"CREATE DATABASE bot ENCODING '{ENCODING}' TEMPLATE template0, and name it in {address.variable}"
        )
    if not writable:
        raise READ_ONLY.error(setting=address.variable)
