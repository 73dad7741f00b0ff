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

from bot.storage.driver_errors import translated

PATIENCE = 10
"""Seconds to wait for another process's transaction."""
_PAGES = 1000
"""Pages that were written last after which SQLite puts them in their places, and waits for the disk."""

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]
"""What a transaction does, statement after statement, with nothing to wait for in between."""


class File:
    """A file of SQLite: a transaction is one errand for a thread, however many statements it has.

    One that need not last is run where it is asked for. It is a write into the memory of the operating system, which
    takes less time than it takes to wake a thread; it waits neither for the disk nor for another writer.
    """

    def __init__(self, path: Path) -> None:
        """Connect to nothing yet."""
        self.engine = create_engine(URL.create("sqlite", database=str(path)))
        listen(self.engine)
        self._here: Connection | None = None
        self._writer = ThreadPoolExecutor(1, "writer")
        self._reader = ThreadPoolExecutor(1, "reader")

    async def run(self, work: Work[T], *, lasting: bool) -> T:
        """Run a transaction that writes; the caller sees to it that there is one at a time."""
        if not lasting:
            with suppress(_BusyError):
                return self._run_here(work)
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._run, work, {"lasting": lasting})

    async def look(self, work: Work[T]) -> T:
        """Run a transaction that only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._run, work, {"only_reads": True})

    def close(self) -> None:
        """Close all connections."""
        self._writer.shutdown()
        self._reader.shutdown()
        if self._here is not None:
            self._here.close()
        self.engine.dispose()

    def _run_here(self, work: Work[T]) -> T:
        if self._here is None:
            self._here = self.engine.connect().execution_options(lasting=False, at_once=True)
        with self._here.begin():
            return work(self._here)

    def _run(self, work: Work[T], options: dict[str, bool]) -> T:
        with self.engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
                return work(connection)


class _BusyError(Exception):
    """Another process writes just now."""


def make_engine(path: Path) -> AsyncEngine:
    """Return what connects to a file; nothing is connected yet."""
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), pool_timeout=PATIENCE)
    listen(engine.sync_engine)
    return engine


def make_file(path: Path) -> None:
    """Make a new database file, unless it is there; whoever opens it at the same time finds it complete.

    Room that becomes free in it can be given back, which can't be said later on; and a switch to WAL would find the
    file held by those who start at the same time.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=path.name) as folder:
            new = Path(folder) / path.name
            with closing(sqlite3.connect(new)) as connection:
                for statement in ("PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL", "VACUUM"):
                    connection.execute(statement)
            _put(new, path)


def _put(new: Path, path: Path) -> None:
    """Put a new file in its place, unless another process was faster."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            new.replace(path)


def listen(engine: Engine) -> None:
    """Let SQLite's connections be set up and begin their transactions as we want them."""
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Set up a new connection; transactions are begun by `_begin_sqlite`, not by the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        "journal_mode = WAL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin at once as a writer, for a reader that becomes one can fail; leave those that only read aside."""
    options = connection.get_execution_options()
    if options.get("only_reads", False):
        connection.exec_driver_sql("BEGIN")
        return
    at_once = options.get("at_once", False)
    _set(connection, "synchronous", "FULL" if options.get("lasting", True) else "NORMAL")
    _set(connection, "busy_timeout", 0 if at_once else PATIENCE * 1000)
    _set(connection, "wal_autocheckpoint", 0 if at_once else _PAGES)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if at_once and "locked" in str(error.orig):
            raise _BusyError from error
        raise


def _set(connection: Connection, setting: str, value: object) -> None:
    """Change a setting of a connection where it isn't so already."""
    if connection.info.get(setting) != value:
        connection.exec_driver_sql(f"PRAGMA {setting} = {value}")
        connection.info[setting] = value
