"""PostgreSQL: how it is connected to, and whether a server is one that the bot can work with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StorageError
from bot.storage.database_url import CONNECT_TIMEOUT_SECONDS, Address
from bot.storage.driver_errors import READ_ONLY, translate_errors

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
"""What lets the driver send each statement anew.

Behind a pooler the next transaction may run on another connection, where a statement that was prepared doesn't exist,
or one of another client has the same name. asyncpg sends nameless statements together with their parameters.
"""
_PROBE = text(
    "SELECT pg_backend_pid(), current_setting('server_encoding'), current_setting('transaction_read_only') = 'on', "
    "pg_is_in_recovery(), quote_ident(current_database())"
)
_RIGHTS = text(
    "SELECT quote_ident(current_user), quote_ident(current_schema()), "
    "has_schema_privilege(current_schema(), 'CREATE'), quote_ident(current_database())"
)


def make_engine(address: Address, *, pooled: bool) -> AsyncEngine:
    """Return what connects to a server; nothing is connected yet. `pooled` where a pooler stands before it."""
    arguments = _arguments(address, pooled=pooled)
    return create_async_engine(
        _URL,
        pool_size=8,
        max_overflow=8,
        pool_timeout=CONNECT_TIMEOUT_SECONDS,
        pool_recycle=1800,
        connect_args=arguments,
    )


async def probe(address: Address) -> bool:
    """Look at the server before anything is written; return whether a connection pooler stands before it.

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
    # A pooler makes up the number of the process that it announces, for that changes with each transaction.
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
