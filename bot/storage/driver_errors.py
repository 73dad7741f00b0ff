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
from bot.storage.database_url import DATABASE_VARIABLE


@dataclass(frozen=True, slots=True)
class Failure:
    """A way in which a database fails."""

    kind: str
    """Its name; the text `database.KIND` says the same in the users' languages."""
    reason: str
    """What is wrong; in it and in the remedy `{file}` is SQLite's file, `{setting}` the variable with the URL."""
    remedy: str
    """What to do."""

    def error(self, file: Path | None = None, setting: str = DATABASE_VARIABLE) -> StorageError:
        """Return the error that says so in one line."""
        values = {"file": str(file), "setting": setting}
        return StorageError(f"{self.reason}; {self.remedy}".format(**values), self.kind, values)


UNREACHABLE = Failure("unreachable", "the database can't be reached", "check that it runs, and {setting}")
DISK_FULL = Failure("disk_full", "the disk of the database is full", "make room")
NETWORK_SHARE = Failure(
    "network_share",
    "the disk of the database fails or is full",
    "make room, and where it is a network share (NFS, SMB), put BOT_DATA_DIR on a local disk "
    "or set {setting} to PostgreSQL",
)
TOO_MANY_CONNECTIONS = Failure(
    "too_many_connections",
    "the database takes no more connections",
    "end other programs that use it, or name its connection pooler",
)
AUTHENTICATION_FAILED = Failure(
    "authentication_failed", "the database refuses the user or the password of {setting}", "check both"
)
TLS_REQUIRED = Failure(
    "tls_required", "the database refuses this user, or connections without TLS", "add sslmode=require to {setting}"
)
TLS_UNSUPPORTED = Failure("tls_unsupported", "the database doesn't speak TLS", "set sslmode=prefer in {setting}")
CERTIFICATE_UNVERIFIED = Failure(
    "certificate_unverified",
    "the certificate of the database can't be verified",
    "name the host's own in sslrootcert=FILE of {setting}, or settle for sslmode=require",
)
DATABASE_MISSING = Failure("missing", "the database that {setting} names doesn't exist", "create it")
PERMISSION_DENIED = Failure(
    "permission_denied",
    "the user of {setting} may not read or write the bot's tables (anymore)",
    "see whether a limit of the plan is reached, or run as their owner: "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO that user",
)
READ_ONLY = Failure(
    "read_only",
    "the database can only be read",
    "name the primary server in {setting}, or set default_transaction_read_only = off",
)
TABLES_MISSING = Failure("tables_missing", "the tables of the bot are gone", "restart the bot, which makes them anew")
PARAMETER_REFUSED = Failure(
    "parameter_refused",
    "the connection pooler refuses a parameter of {setting}",
    "take out options and schema, or bypass it",
)
TRANSACTION_POOLING = Failure(
    "transaction_pooling",
    "a connection pooler gives the bot other connections in the middle of its work",
    "add pgbouncer=true to {setting}",
)
FILE_UNWRITABLE = Failure(
    "file_unwritable",
    "the database file {file} can't be opened or written",
    "check the permissions of the folder that BOT_DATA_DIR (or {setting}) names",
)
FILE_CORRUPT = Failure(
    "file_corrupt",
    "the database file {file} is damaged or none",
    "stop the bot, move the file and those beside it that end in -wal and -shm away, and start it: it makes a new one",
)
FILE_LOCKED = Failure(
    "file_locked", "the database is held by another process", "stop it, or give each a database of its own"
)
SERIALIZATION_FAILURE = Failure(
    "serialization_failure", "two replicas got in each other's way", "the database is asked again"
)

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
def translate_errors(file: Path | None = None, setting: str = DATABASE_VARIABLE) -> Iterator[None]:
    """Raise StorageError where the database is unreachable, full or refuses; other errors, which are defects, pass.

    `file` is the path of the database where it is SQLite's, `setting` the variable that holds its URL.
    """
    try:
        yield
    except DBAPIError as error:
        failure = _driver_failure(error)
        if failure is None:
            raise
        raise failure.error(file, setting) from error
    except PoolTimeoutError as error:
        raise UNREACHABLE.error(file, setting) from error
    except OSError as error:
        failure = _connection_failure(error) if file is None else _BY_ERRNO.get(error.errno or 0, FILE_UNWRITABLE)
        raise failure.error(file, setting) from error


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
