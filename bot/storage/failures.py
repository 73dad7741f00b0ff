"""What a database says when it can't serve, in words that name the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import StorageError

AWAY = "the database can't be reached; check that it runs, and BOT_DATABASE_URL"
FULL = "the disk of the database is full; make room"
SHARED_DISK = (
    "the disk of the database fails or is full; make room, and where it is a network share (NFS, SMB), "
    "put BOT_DATA_DIR on a local disk or set BOT_DATABASE_URL to PostgreSQL"
)
REFUSED = "the database refuses the user or the password of BOT_DATABASE_URL"
MISSING = "the database that BOT_DATABASE_URL names doesn't exist; create it"
UNWRITABLE = "the file of the database can't be opened or written; check BOT_DATA_DIR and its permissions"
LOCKED = "the database is held by another process; stop it, or give each a database of its own"

BUSY = "two replicas got in each other's way; the database is asked again"

_BY_STATE = {"53100": FULL, "28P01": REFUSED, "28000": REFUSED, "3D000": MISSING}
_BY_CLASS = {"08": AWAY, "40": BUSY, "53": AWAY, "57": AWAY, "58": AWAY}
"""PostgreSQL's codes; the class is their first two characters."""
_BY_WORDS = (
    ("disk is full", FULL),
    ("disk i/o error", SHARED_DISK),
    ("locking protocol", SHARED_DISK),
    ("no space left", FULL),
    ("unable to open database", UNWRITABLE),
    ("readonly database", UNWRITABLE),
    ("database is locked", LOCKED),
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise StorageError where the database is away, full or closed to us; leave defects as they are."""
    try:
        yield
    except DBAPIError as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise StorageError(reason) from error
    except (PoolTimeoutError, OSError) as error:
        raise StorageError(AWAY) from error


def _reason(error: DBAPIError) -> str | None:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    known = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    if known is not None:
        return known
    words = str(error.orig).lower()
    for part, reason in _BY_WORDS:
        if part in words:
            return reason
    return AWAY if error.connection_invalidated or isinstance(error, InterfaceError | OperationalError) else None
