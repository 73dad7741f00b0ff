"""Translates drivers' errors into StorageError, whose message says what is wrong and what to do about it."""

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

    def message(self, file: Path | None = None) -> str:
        """Return reason and remedy in one line."""
        return f"{self.reason}; {self.remedy}".replace("{file}", str(file))


UNREACHABLE = Failure("the database can't be reached", "check that it runs, and BOT_DATABASE_URL")
DISK_FULL = Failure("the disk of the database is full", "make room")
NETWORK_SHARE = Failure(
    "the disk of the database fails or is full",
    "make room, and where it is a network share (NFS, SMB), put BOT_DATA_DIR on a local disk "
    "or set BOT_DATABASE_URL to PostgreSQL",
)
TOO_MANY_CONNECTIONS = Failure(
    "the database takes no more connections", "end other programs that use it, or name its connection pooler"
)
AUTHENTICATION_FAILED = Failure("the database refuses the user or the password of BOT_DATABASE_URL", "check both")
TLS_REQUIRED = Failure(
    "the database refuses this user, or connections without TLS", "add sslmode=require to BOT_DATABASE_URL"
)
TLS_UNSUPPORTED = Failure("the database doesn't speak TLS", "set sslmode=prefer in BOT_DATABASE_URL")
CERTIFICATE_UNVERIFIED = Failure(
    "the certificate of the database can't be verified",
    "name the host's own in sslrootcert=FILE of BOT_DATABASE_URL, or settle for sslmode=require",
)
DATABASE_MISSING = Failure("the database that BOT_DATABASE_URL names doesn't exist", "create it")
PERMISSION_DENIED = Failure(
    "the user of BOT_DATABASE_URL may not read or write the bot's tables (anymore)",
    "see whether a limit of the plan is reached, or run as their owner: "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO that user",
)
READ_ONLY = Failure(
    "the database can only be read",
    "name the primary server in BOT_DATABASE_URL, or set default_transaction_read_only = off",
)
TABLES_MISSING = Failure("the tables of the bot are gone", "restart the bot, which makes them anew")
PARAMETER_REFUSED = Failure(
    "the connection pooler refuses a parameter of BOT_DATABASE_URL", "take out options and schema, or bypass it"
)
TRANSACTION_POOLING = Failure(
    "a connection pooler gives the bot other connections in the middle of its work",
    "add pgbouncer=true to BOT_DATABASE_URL",
)
FILE_UNWRITABLE = Failure(
    "the database file {file} can't be opened or written",
    "check the permissions of the folder that BOT_DATA_DIR (or BOT_DATABASE_URL) names",
)
FILE_CORRUPT = Failure(
    "the database file {file} is damaged or none",
    "stop the bot, move the file and those beside it that end in -wal and -shm away, and start it: it makes a new one",
)
FILE_LOCKED = Failure("the database is held by another process", "stop it, or give each a database of its own")
SERIALIZATION_FAILURE = Failure("two replicas got in each other's way", "the database is asked again")

_BY_MESSAGE = (
    ("disk is full", DISK_FULL),
    ("disk i/o error", NETWORK_SHARE),
    ("locking protocol", NETWORK_SHARE),
    ("no space left", DISK_FULL),
    ("unable to open database", FILE_UNWRITABLE),
    ("readonly database", FILE_UNWRITABLE),
    ("database is locked", FILE_LOCKED),
    ("file is not a database", FILE_CORRUPT),
    ("is malformed", FILE_CORRUPT),
    ("malformed database schema", FILE_CORRUPT),
    ("no such table", TABLES_MISSING),
    ("rejected ssl upgrade", TLS_UNSUPPORTED),
    ("no encryption", TLS_REQUIRED),
    ("ssl off", TLS_REQUIRED),
    ("authentication failed", AUTHENTICATION_FAILED),
    ("unsupported startup parameter", PARAMETER_REFUSED),
    ("target attribute requirement", READ_ONLY),
)
_BY_SQLSTATE = {
    "25006": READ_ONLY,
    "26000": TRANSACTION_POOLING,
    "28000": AUTHENTICATION_FAILED,
    "28P01": AUTHENTICATION_FAILED,
    "3D000": DATABASE_MISSING,
    "42501": PERMISSION_DENIED,
    "42P01": TABLES_MISSING,
    "42P05": TRANSACTION_POOLING,
    "53100": DISK_FULL,
    "53300": TOO_MANY_CONNECTIONS,
}
_BY_SQLSTATE_CLASS = {
    "08": UNREACHABLE,
    "40": SERIALIZATION_FAILURE,
    "53": UNREACHABLE,
    "57": UNREACHABLE,
    "58": UNREACHABLE,
}
"""By the class of PostgreSQL's SQLSTATE codes: their first two characters."""
_BY_ERRNO = {errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL}


@contextmanager
def translate_errors(file: Path | None = None) -> Iterator[None]:
    """Raise StorageError where the database is unreachable, full or refuses; other errors, which are defects, pass.

    `file` is the path of the database where it is SQLite's.
    """
    try:
        yield
    except DBAPIError as error:
        failure = _driver_failure(error)
        if failure is None:
            raise
        raise StorageError(failure.message(file)) from error
    except PoolTimeoutError as error:
        raise StorageError(UNREACHABLE.message(file)) from error
    except OSError as error:
        failure = _connection_failure(error) if file is None else _BY_ERRNO.get(error.errno or 0, FILE_UNWRITABLE)
        raise StorageError(failure.message(file)) from error


def _driver_failure(error: DBAPIError) -> Failure | None:
    """Return the failure that a driver's error stands for; None where it can only be a defect of the bot."""
    message = str(error.orig).lower()
    for part, failure in _BY_MESSAGE:
        if part in message:
            return failure
    sqlstate = str(getattr(error.orig, "sqlstate", None) or "")
    known = _BY_SQLSTATE.get(sqlstate) or _BY_SQLSTATE_CLASS.get(sqlstate[:2])
    if known is not None:
        return known
    return UNREACHABLE if error.connection_invalidated or isinstance(error, InterfaceError | OperationalError) else None


def _connection_failure(error: OSError) -> Failure:
    """Return the failure that an error while connecting stands for."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return CERTIFICATE_UNVERIFIED
    return TLS_UNSUPPORTED if "rejected SSL upgrade" in str(error) else UNREACHABLE
