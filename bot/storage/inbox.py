"""The inbox: a durable queue of updates in the database, each of which a replica claims, handles and completes.

Updates of one chat are handled in order: a chat of which another replica has claimed updates can't be claimed.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    text,
    update,
)

from bot.storage import dialects
from bot.storage.schema import DEAD_LETTER, INBOX, REPLICAS, WAITING

MAX_CRASHES = 10
"""How many replicas may die with an update claimed before it becomes a dead letter: then it is likely the cause."""
DEAD_AFTER_SECONDS = 8.0
"""Seconds without a heartbeat after which a replica counts as dead and its updates are reclaimed."""
MAX_REPORTED_ERRORS = 3
"""Number of the latest dead letters whose errors are reported."""

_CLAIM_LOCK = 5_318_008_002
"""Key of PostgreSQL's advisory lock that makes claims of several replicas run one after another."""
_other = INBOX.alias("other")

FinalState: TypeAlias = Literal["done", "aside"]


@dataclass(frozen=True, slots=True)
class IncomingUpdate:
    """An update as it was received."""

    update_id: int
    """Telegram's number; a redelivery has the same."""
    chat_pseudonym: int
    """Pseudonym of its chat (see `pseudonyms`); updates with the same one are handled in order."""
    content: str
    """The update itself, as JSON."""
    at: float
    """When it was received, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class ClaimedUpdate:
    """An update that this replica has claimed, and alone may handle."""

    update_id: int
    """Telegram's number."""
    chat_pseudonym: int
    """Pseudonym of its chat, as in `IncomingUpdate`."""
    content: str
    """The update itself, as JSON."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The outcome of handling an update."""

    update_id: int
    """Telegram's number."""
    state: FinalState
    """`DONE` where it was handled, `DEAD_LETTER` where it was given up."""
    at: float
    """When, in seconds since 1970."""
    failures: int = 0
    """How many attempts failed."""
    error: str | None = None
    """Type and source line of the last failure, without any text of a user; None without one."""


@dataclass(frozen=True, slots=True)
class InboxDepth:
    """What waits in the inbox, and what was given up."""

    waiting: int
    """Updates that no replica has claimed yet."""
    oldest: float | None
    """When the oldest unhandled update was received, claimed or not, in seconds since 1970; None without one."""
    dead_letters: int
    """Number of dead letters within the retention time."""
    errors: tuple[tuple[int, str], ...]
    """The latest dead letters: update id and error."""


class Inbox:
    """The inbox's statements for one replica, each to be run in a transaction of the caller."""

    def __init__(self, replica: str) -> None:
        """`replica` is the id of this process, unique among all replicas."""
        self._replica = replica

    def enqueue(self, connection: Connection, arrived: Sequence[IncomingUpdate], *, claimed: bool) -> None:
        """Store new updates and ignore redelivered ones; `claimed` where this replica handles them already."""
        if arrived:
            owner = self._replica if claimed else None
            rows = [
                {"update_id": new.update_id, "chat": new.chat_pseudonym, "content": new.content, "received_at": new.at}
                | {"owner": owner}
                for new in arrived
            ]
            connection.execute(dialects.insert_new(connection, INBOX), rows)

    def claim(self, connection: Connection, limit: int, excluded_chats: Collection[int] = ()) -> list[ClaimedUpdate]:
        """Claim up to `limit` waiting updates, the oldest first, and return them in that order.

        Skips the `excluded_chats`, and those of which another replica has claimed an update.
        """
        dialects.lock(connection, _CLAIM_LOCK)
        found = connection.execute(
            _CLAIM, {"replica": self._replica, "limit": limit, "excluded_chats": list(excluded_chats)}
        )
        return sorted((ClaimedUpdate(*row) for row in found.all()), key=lambda claimed: claimed.update_id)

    @staticmethod
    def has_waiting(connection: Connection) -> bool:
        """Return whether there is any unclaimed update."""
        return connection.execute(_ANY_WAITING).first() is not None

    def heartbeat(self, connection: Connection) -> None:
        """Register this replica, or refresh its heartbeat, by the database's clock."""
        # An INSERT every time: it fails as soon as the bot may only change rows, although it then looks alive.
        now = dialects.now(connection)
        row = dialects.insert(connection, REPLICAS).values(id=self._replica, started_at=now, beat_at=now)
        connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"beat_at": now}))

    def reclaim(self, connection: Connection) -> int:
        """Release the updates of dead replicas, forget these replicas, and return the number of updates released.

        An update that `MAX_CRASHES` replicas died with becomes a dead letter instead.
        """
        dialects.lock(connection, _CLAIM_LOCK)
        if dialects.is_postgresql(connection):
            alive = _alive(connection)
        else:  # a file is used by one process, so every other replica is gone
            alive = select(REPLICAS.c.id).where(REPLICAS.c.id == self._replica)
        orphaned = and_(INBOX.c.state == WAITING, INBOX.c.owner.is_not(None), INBOX.c.owner.not_in(alive))
        freed = connection.execute(update(INBOX).where(orphaned).values(owner=None, crashes=INBOX.c.crashes + 1))
        connection.execute(delete(REPLICAS).where(REPLICAS.c.id.not_in(alive)))
        if freed.rowcount:
            connection.execute(_MARK_DEAD_LETTERS, {"when": time.time(), "most": MAX_CRASHES})
        return freed.rowcount

    def release(self, connection: Connection) -> None:
        """Release everything that this replica has claimed, and remove it from the list of replicas."""
        connection.execute(update(INBOX).where(_claimed_by(self._replica)).values(owner=None))
        connection.execute(delete(REPLICAS).where(REPLICAS.c.id == self._replica))


def oldest_live_replica(connection: Connection) -> str | None:
    """Return the id of the live replica that started first; None where no heartbeat is recent. For shared databases."""
    first = _alive(connection).order_by(REPLICAS.c.started_at, REPLICAS.c.id).limit(1)
    oldest: str | None = connection.execute(first).scalar()
    return oldest


def depth(connection: Connection) -> InboxDepth:
    """Count what waits in the inbox and what was given up."""
    unclaimed = func.count().filter(INBOX.c.owner.is_(None))
    waiting = select(unclaimed, func.min(INBOX.c.received_at)).where(INBOX.c.state == WAITING)
    count, oldest = connection.execute(waiting).one()
    is_dead_letter = and_(INBOX.c.state == DEAD_LETTER, INBOX.c.ended_at.is_not(None))
    dead_letters = connection.execute(select(func.count()).where(is_dead_letter)).scalar_one()
    latest = select(INBOX.c.update_id, INBOX.c.error).where(is_dead_letter).order_by(INBOX.c.ended_at.desc())
    errors = connection.execute(latest.limit(MAX_REPORTED_ERRORS)).all()
    return InboxDepth(count, oldest, dead_letters, tuple((number, error or "") for number, error in errors))


def _alive(connection: Connection) -> Select[Any]:
    """Return the query for the ids of the replicas whose last heartbeat is recent."""
    return select(REPLICAS.c.id).where(REPLICAS.c.beat_at > dialects.now(connection) - DEAD_AFTER_SECONDS)


def _claimed_by(replica: str) -> ColumnElement[bool]:
    return and_(INBOX.c.state == WAITING, INBOX.c.owner == replica)


_MARK_DEAD_LETTERS = (
    update(INBOX)
    .where(INBOX.c.state == WAITING, INBOX.c.crashes >= bindparam("most"))
    .values(
        state=DEAD_LETTER, ended_at=bindparam("when"), error="the bot died each time that it handled this", owner=None
    )
)
_BUSY_ELSEWHERE = exists().where(
    _other.c.chat == INBOX.c.chat,
    _other.c.state == text(f"'{WAITING}'"),
    _other.c.owner.is_not(None),
    _other.c.owner != bindparam("replica"),
)
_CLAIMABLE = (
    select(INBOX.c.update_id)
    # A literal instead of a parameter: PostgreSQL uses the partial index in a prepared statement only for a literal.
    .where(INBOX.c.state == text(f"'{WAITING}'"), INBOX.c.owner.is_(None), ~_BUSY_ELSEWHERE)
    .where(INBOX.c.chat.not_in(bindparam("excluded_chats", expanding=True)))
    .order_by(INBOX.c.update_id)
    .limit(bindparam("limit"))
)
_ANY_WAITING = select(INBOX.c.update_id).where(INBOX.c.state == text(f"'{WAITING}'"), INBOX.c.owner.is_(None)).limit(1)
_CLAIM = (
    update(INBOX)
    .where(INBOX.c.update_id.in_(_CLAIMABLE.scalar_subquery()))
    .values(owner=bindparam("replica"))
    .returning(INBOX.c.update_id, INBOX.c.chat, INBOX.c.content)
)
