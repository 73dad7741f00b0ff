"""SQLite: a file that one process writes, and how its connections are set up."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.storage.driver_errors import translate_errors

LOCK_TIMEOUT_SECONDS = 10
"""Seconds to wait for another process's transaction."""
_CHECKPOINT_PAGES = 1000
"""Pages that were written last after which SQLite puts them in their places, and waits for the disk."""

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]
"""What a transaction does, statement after statement, with nothing to wait for in between."""


class SqliteFile:
    """A file of SQLite: a transaction is one errand for a thread, however many statements it has.

    One that need not last is run where it is asked for. It is a write into the memory of the operating system, which
    takes less time than it takes to wake a thread; it waits neither for the disk nor for another writer.
    """

    def __init__(self, path: Path) -> None:
        """Connect to nothing yet."""
        self.engine = create_engine(URL.create("sqlite", database=str(path)))
        configure(self.engine)
        self._inline_connection: Connection | None = None
        self._writer = ThreadPoolExecutor(1, "writer")
        self._reader = ThreadPoolExecutor(1, "reader")

    async def run(self, work: Work[T], *, durable: bool) -> T:
        """Run a transaction that writes; the caller sees to it that there is one at a time."""
        if not durable:
            with suppress(_BusyError):
                return self._run_inline(work)
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._run, work, {"durable": durable})

    async def read(self, work: Work[T]) -> T:
        """Run a transaction that only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._run, work, {"read_only": True})

    def close(self) -> None:
        """Close all connections."""
        self._writer.shutdown()
        self._reader.shutdown()
        if self._inline_connection is not None:
            self._inline_connection.close()
        self.engine.dispose()

    def _run_inline(self, work: Work[T]) -> T:
        if self._inline_connection is None:
            self._inline_connection = self.engine.connect().execution_options(durable=False, no_wait=True)
        with self._inline_connection.begin():
            return work(self._inline_connection)

    def _run(self, work: Work[T], options: dict[str, bool]) -> T:
        with self.engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
                return work(connection)


class _BusyError(Exception):
    """Another process writes just now."""


def make_engine(path: Path) -> AsyncEngine:
    """Return what connects to a file; nothing is connected yet."""
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), pool_timeout=LOCK_TIMEOUT_SECONDS)
    configure(engine.sync_engine)
    return engine


def create_file(path: Path) -> None:
    """Make a new database file, unless it is there; whoever opens it at the same time finds it complete.

    Room that becomes free in it can be given back, which can't be said later on; and a switch to WAL would find the
    file held by those who start at the same time.
    """
    with translate_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=path.name) as folder:
            new = Path(folder) / path.name
            with closing(sqlite3.connect(new)) as connection:
                for statement in ("PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL", "VACUUM"):
                    connection.execute(statement)
            _move_into_place(new, path)


def _move_into_place(new: Path, path: Path) -> None:
    """Put a new file in its place, unless another process was faster."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            new.replace(path)


def configure(engine: Engine) -> None:
    """Let SQLite's connections be set up and begin their transactions as we want them."""
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin_transaction)


def _set_up_connection(connection: Any, _: object) -> None:
    """Set up a new connection; transactions are begun by `_begin_transaction`, not by the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        "journal_mode = WAL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_transaction(connection: Connection) -> None:
    """Begin at once as a writer, for a reader that becomes one can fail; leave those that only read aside."""
    options = connection.get_execution_options()
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    no_wait = options.get("no_wait", False)
    _set_pragma(connection, "synchronous", "FULL" if options.get("durable", True) else "NORMAL")
    _set_pragma(connection, "busy_timeout", 0 if no_wait else LOCK_TIMEOUT_SECONDS * 1000)
    _set_pragma(connection, "wal_autocheckpoint", 0 if no_wait else _CHECKPOINT_PAGES)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if no_wait and "locked" in str(error.orig):
            raise _BusyError from error
        raise


def _set_pragma(connection: Connection, setting: str, value: object) -> None:
    """Change a setting of a connection where it isn't so already."""
    if connection.info.get(setting) != value:
        connection.exec_driver_sql(f"PRAGMA {setting} = {value}")
        connection.info[setting] = value
