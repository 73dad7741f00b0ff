"""What a database says when it can't serve, translated into what is wrong and what to do about it."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import StorageError


@dataclass(frozen=True, slots=True)
class Failure:
    """A way in which a database fails."""

    reason: str
    """What is wrong."""
    remedy: str
    """What to do; `{file}` stands for the path of SQLite's file."""

    def told(self, file: Path | None = None) -> str:
        """Return it in one line."""
        return f"{self.reason}; {self.remedy}".replace("{file}", str(file))


AWAY = Failure("the database can't be reached", "check that it runs, and BOT_DATABASE_URL")
FULL = Failure("the disk of the database is full", "make room")
CROWDED = Failure(
    "the database takes no more connections", "end other programs that use it, or name its connection pooler"
)
REFUSED = Failure("the database refuses the user or the password of BOT_DATABASE_URL", "check both")
UNENCRYPTED = Failure(
    "the database refuses this user, or connections without TLS", "add sslmode=require to BOT_DATABASE_URL"
)
WITHOUT_TLS = Failure("the database doesn't speak TLS", "set sslmode=prefer in BOT_DATABASE_URL")
UNVERIFIED = Failure(
    "the certificate of the database can't be verified",
    "name the host's own in sslrootcert=FILE of BOT_DATABASE_URL, or settle for sslmode=require",
)
MISSING = Failure("the database that BOT_DATABASE_URL names doesn't exist", "create it")
FORBIDDEN = Failure(
    "the user of BOT_DATABASE_URL may not read or write the bot's tables (anymore)",
    "see whether a limit of the plan is reached, or run as their owner: "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO that user",
)
READ_ONLY = Failure(
    "the database can only be read",
    "name the primary server in BOT_DATABASE_URL, or set default_transaction_read_only = off",
)
GONE = Failure("the tables of the bot are gone", "restart the bot, which makes them anew")
PARAMETER = Failure(
    "the connection pooler refuses a parameter of BOT_DATABASE_URL", "take out options and schema, or bypass it"
)
STATEMENTS = Failure(
    "a connection pooler gives the bot other connections in the middle of its work",
    "add pgbouncer=true to BOT_DATABASE_URL",
)
UNWRITABLE = Failure(
    "the database file {file} can't be opened or written",
    "check the permissions of the folder that BOT_DATA_DIR (or BOT_DATABASE_URL) names",
)
DAMAGED = Failure(
    "the database file {file} is damaged or none",
    "stop the bot, move the file and those beside it that end in -wal and -shm away, and start it: it makes a new one",
)
LOCKED = Failure("the database is held by another process", "stop it, or give each a database of its own")
BUSY = Failure("two replicas got in each other's way", "the database is asked again")

_BY_WORDS = (
    ("disk is full", FULL),
    ("disk i/o error", FULL),
    ("no space left", FULL),
    ("unable to open database", UNWRITABLE),
    ("readonly database", UNWRITABLE),
    ("database is locked", LOCKED),
    ("file is not a database", DAMAGED),
    ("is malformed", DAMAGED),
    ("malformed database schema", DAMAGED),
    ("no such table", GONE),
    ("rejected ssl upgrade", WITHOUT_TLS),
    ("no encryption", UNENCRYPTED),
    ("ssl off", UNENCRYPTED),
    ("authentication failed", REFUSED),
    ("unsupported startup parameter", PARAMETER),
    ("target attribute requirement", READ_ONLY),
)
_BY_STATE = {
    "25006": READ_ONLY,
    "26000": STATEMENTS,
    "28000": REFUSED,
    "28P01": REFUSED,
    "3D000": MISSING,
    "42501": FORBIDDEN,
    "42P01": GONE,
    "42P05": STATEMENTS,
    "53100": FULL,
    "53300": CROWDED,
}
_BY_CLASS = {"08": AWAY, "40": BUSY, "53": AWAY, "57": AWAY, "58": AWAY}
"""PostgreSQL's codes; the class is their first two characters."""
_BY_ERRNO = {errno.ENOSPC: FULL, errno.EDQUOT: FULL}


@contextmanager
def translated(file: Path | None = None) -> Iterator[None]:
    """Raise StorageError where the database is away, full or closed to us; leave defects as they are.

    `file` is the path of the database where it is SQLite's.
    """
    try:
        yield
    except DBAPIError as error:
        failure = _of_driver(error)
        if failure is None:
            raise
        raise StorageError(failure.told(file)) from error
    except PoolTimeoutError as error:
        raise StorageError(AWAY.told(file)) from error
    except OSError as error:
        failure = _of_system(error) if file is None else _BY_ERRNO.get(error.errno or 0, UNWRITABLE)
        raise StorageError(failure.told(file)) from error


def _of_driver(error: DBAPIError) -> Failure | None:
    """Return what a driver means; None where it can only be a defect of the bot."""
    words = str(error.orig).lower()
    for part, failure in _BY_WORDS:
        if part in words:
            return failure
    state = str(getattr(error.orig, "sqlstate", None) or "")
    known = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    if known is not None:
        return known
    return AWAY if error.connection_invalidated or isinstance(error, InterfaceError | OperationalError) else None


def _of_system(error: OSError) -> Failure:
    """Return what it means that a server can't be connected to."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return UNVERIFIED
    return WITHOUT_TLS if "rejected SSL upgrade" in str(error) else AWAY
