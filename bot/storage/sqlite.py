"""SQLite: creating the file, setting up its connections, and running transactions on it."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, create_engine
from sqlalchemy.exc import OperationalError

from bot.storage.backend import Work

LOCK_TIMEOUT_SECONDS = 10
"""How long to wait for another process's transaction."""
_CHECKPOINT_PAGES = 1000
"""Pages in the write-ahead log at which SQLite checkpoints it, which waits for the disk."""

_READER_THREADS = 4
"""Transactions that may read at once, so that a long one, such as that of /stats, doesn't delay the short ones."""

T = TypeVar("T")


class SqliteBackend:
    """A SQLite file; each transaction is one job for a thread, whatever it does.

    A transaction that need not be durable, or is brief, runs in the event loop's thread: it stays within the page cache
    of the operating system, which takes less time than waking a thread, and waits neither for the disk nor for another
    writer.
    """

    def __init__(self, path: Path) -> None:
        """Make the engine and the threads without connecting."""
        self._path = path
        self._engine = create_engine(URL.create("sqlite", database=str(path)), pool_timeout=LOCK_TIMEOUT_SECONDS)
        event.listen(self._engine, "connect", _set_up_connection)
        event.listen(self._engine, "begin", _begin_transaction)
        # SQLite has one writer at a time: a queue here is fair, and cheaper than SQLite's own busy waiting.
        self._write_lock = asyncio.Lock()
        self._inline_writer: Connection | None = None
        self._inline_reader: Connection | None = None
        self._writer = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(_READER_THREADS, "reader")

    async def prepare(self) -> None:
        """Create the file unless it exists."""
        create_file(self._path)

    async def read(self, work: Work[T], *, brief: bool) -> T:
        """Run work that only reads, on one state of the database."""
        if brief:
            with suppress(_BusyError):
                return self._read_inline(work)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, work, {"read_only": True})

    async def write(self, work: Work[T], *, durable: bool, one_statement: bool) -> T:  # noqa: ARG002  # all in one file
        """Run work that writes."""
        async with self._write_lock:
            if not durable:
                with suppress(_BusyError):
                    return self._write_inline(work)
            return await asyncio.get_running_loop().run_in_executor(self._writer, self._run, work, {"durable": durable})

    async def close(self) -> None:
        """Close all connections."""
        self._writer.shutdown()
        self._readers.shutdown()
        for connection in (self._inline_writer, self._inline_reader):
            if connection is not None:
                connection.close()
        self._engine.dispose()

    def _write_inline(self, work: Work[T]) -> T:
        if self._inline_writer is None:
            self._inline_writer = self._engine.connect().execution_options(durable=False, no_wait=True)
        with self._inline_writer.begin():
            return work(self._inline_writer)

    def _read_inline(self, work: Work[T]) -> T:
        if self._inline_reader is None:
            self._inline_reader = self._engine.connect().execution_options(read_only=True, no_wait=True)
        try:
            with self._inline_reader.begin():
                return work(self._inline_reader)
        except OperationalError as error:  # another process recovers or closes the file
            if _is_locked(error):
                raise _BusyError from error
            raise

    def _run(self, work: Work[T], options: dict[str, bool]) -> T:
        with self._engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
                return work(connection)


class _BusyError(Exception):
    """Another process holds a lock."""


def _is_locked(error: OperationalError) -> bool:
    return "locked" in str(error.orig)


def create_file(path: Path) -> None:
    """Create the database file unless it exists; a process that opens it at the same time finds it complete.

    Incremental vacuum can only be chosen for an empty database, and switching to WAL needs a file that no other
    starting process has open. Raises OSError.
    """
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
    """Move a new file to its path, unless another process was faster."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            new.replace(path)


def _set_up_connection(connection: Any, _: object) -> None:
    """Set up a new connection; transactions are begun by `_begin_transaction`, not by the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in ("journal_mode = WAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_transaction(connection: Connection) -> None:
    """Begin a transaction: as a writer at once, because upgrading a reader can fail, except where it only reads."""
    options = connection.get_execution_options()
    no_wait = options.get("no_wait", False)
    _set_pragma(connection, "busy_timeout", 0 if no_wait else LOCK_TIMEOUT_SECONDS * 1000)
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    _set_pragma(connection, "synchronous", "FULL" if options.get("durable", True) else "NORMAL")
    _set_pragma(connection, "wal_autocheckpoint", 0 if no_wait else _CHECKPOINT_PAGES)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if no_wait and _is_locked(error):
            raise _BusyError from error
        raise


def _set_pragma(connection: Connection, setting: str, value: object) -> None:
    """Set a pragma of a connection unless it has that value already."""
    if connection.info.get(setting) != value:
        connection.exec_driver_sql(f"PRAGMA {setting} = {value}")
        connection.info[setting] = value
