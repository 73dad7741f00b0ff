"""The SQL that SQLite and PostgreSQL write differently; every other statement is the same for both.

Each function is given the connection of a transaction, or the name of its dialect where a statement is built once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    Integer,
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
from sqlalchemy.dialects import postgresql, sqlite

POSTGRESQL = "postgresql"
Insert: TypeAlias = postgresql.Insert | sqlite.Insert

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_NOTIFY = text("SELECT pg_notify(:channel, '')")
_VACUUM = text("PRAGMA incremental_vacuum")


def is_postgresql(connection: Connection) -> bool:
    """Return whether this is PostgreSQL, which several replicas share; SQLite's file belongs to one process."""
    return connection.dialect.name == POSTGRESQL


def insert(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that supports ON CONFLICT."""
    return _insert(connection.dialect.name, table)


def insert_new(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that leaves rows alone whose key is there already."""
    return _insert(connection.dialect.name, table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that replaces the row with the same primary key."""
    return _upsert(connection.dialect.name, table)


def lock(connection: Connection, key: int) -> None:
    """Hold an advisory lock until the transaction ends; SQLite needs none, for it has one writer at a time."""
    if is_postgresql(connection):
        connection.execute(_LOCK, {"key": key})


def notify(connection: Connection, channel: str) -> None:
    """Notify the replicas that listen on a channel, once the transaction is committed."""
    if is_postgresql(connection):
        connection.execute(_NOTIFY, {"channel": channel})


def now(connection: Connection) -> ColumnElement[float]:
    """Return the database's time, on which all replicas agree, in seconds since 1970."""
    if is_postgresql(connection):
        return cast(extract("epoch", func.clock_timestamp()), Double)
    return literal(time.time())


def whole(connection: Connection, number: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a positive number rounded down."""
    # SQLite's CAST cuts off where PostgreSQL's rounds, and not every SQLite has FLOOR.
    return cast(func.floor(number) if is_postgresql(connection) else number, Integer)


def is_among(dialect: str, column: Column[Any], parameter: str) -> ColumnElement[bool]:
    """Return the condition that a column is among the numbers of a parameter, made by `number_array`.

    Unlike that of IN, its text doesn't depend on how many numbers there are, so that the server prepares it once.
    """
    if dialect == POSTGRESQL:
        return column == func.any(cast(bindparam(parameter), ARRAY(BigInteger)))
    return column.in_(select(literal_column("value")).select_from(func.json_each(bindparam(parameter))))


def number_array(connection: Connection, numbers: Sequence[int]) -> object:
    """Return numbers as a parameter of `is_among`."""
    return list(numbers) if is_postgresql(connection) else json.dumps(numbers)


def give_back_space(connection: Connection) -> None:
    """Shrink SQLite's file by what was deleted from it; PostgreSQL reuses the space by itself."""
    if not is_postgresql(connection):
        connection.execute(_VACUUM)


def _insert(dialect: str, table: Table) -> Insert:
    return postgresql.insert(table) if dialect == POSTGRESQL else sqlite.insert(table)


@cache
def _upsert(dialect: str, table: Table) -> Insert:
    row, keys = _insert(dialect, table), table.primary_key.columns
    rest = {column.name: row.excluded[column.name] for column in table.c if column.name not in keys}
    return row.on_conflict_do_update(index_elements=list(keys), set_=rest)
