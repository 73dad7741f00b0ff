"""The inbox: updates are kept until they are handled, and each chat's are in one replica's hands at a time."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.schema import DEAD_LETTER, DONE, INBOX, REPLICAS, WAITING

MAX_CRASHES = 10
"""How often a replica may die with an update in hand before the update is held to be the reason."""
DEAD_AFTER_SECONDS = 8.0
"""Seconds without a sign of life after which what a replica had in hand goes to the others."""
MAX_REPORTED_ERRORS = 3
"""Updates set aside whose errors are reported."""

_CLAIM_LOCK = 5_318_008_002
"""PostgreSQL's advisory lock under which one replica at a time takes updates in hand."""
_other = INBOX.alias("other")

FinalState: TypeAlias = Literal["done", "aside"]


@dataclass(frozen=True, slots=True)
class IncomingUpdate:
    """An update as it came in."""

    update_id: int
    """Telegram's number; a redelivery has the same."""
    chat: int
    """Updates with the same number are handled in order."""
    content: str
    """The update itself, as JSON."""
    at: float
    """When it came, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class ClaimedUpdate:
    """An update that this replica has taken in hand."""

    update_id: int
    """Telegram's number."""
    chat: int
    """As it arrived with."""
    content: str
    """The update itself, as JSON."""


@dataclass(frozen=True, slots=True)
class Completion:
    """How the handling of an update ended."""

    update_id: int
    """Telegram's number."""
    state: FinalState
    """Whether it was handled, or given up."""
    at: float
    """When, in seconds since 1970."""
    failures: int = 0
    """How often it failed."""
    error: str | None = None
    """Where it failed last, without anybody's words."""


@dataclass(frozen=True, slots=True)
class InboxDepth:
    """How full the inbox is."""

    waiting: int
    """Updates that nobody has in hand yet."""
    oldest: float | None
    """When the oldest of those came that aren't handled yet, in seconds since 1970."""
    dead_letters: int
    """Updates given up, within the time of retention."""
    errors: tuple[tuple[int, str], ...]
    """The last of those: Telegram's number, and where it failed."""


class Inbox:
    """The statements of one replica; every transaction is the caller's."""

    def __init__(self, database: Database, replica: str) -> None:
        """`replica` names this process, and no other."""
        self._database = database
        self._replica = replica
        self._insert = database.insert(INBOX).on_conflict_do_nothing()
        self._complete = {state: database.compiled(statement) for state, statement in _COMPLETE.items()}

    def enqueue(self, connection: Connection, arrived: Sequence[IncomingUpdate], *, claimed: bool) -> None:
        """Write new updates down, those known already left as they are; `claimed` where we handle them already."""
        if arrived:
            owner = self._replica if claimed else None
            rows = [
                {"update_id": one.update_id, "chat": one.chat, "content": one.content, "received_at": one.at}
                | {"owner": owner}
                for one in arrived
            ]
            connection.execute(self._insert, rows)

    def complete(self, connection: Connection, completions: Sequence[Completion]) -> None:
        """Note what is handled; only what was given up keeps its content, for whoever looks into it."""
        by_state: dict[FinalState, list[dict[str, object]]] = {DONE: [], DEAD_LETTER: []}
        for one in completions:
            by_state[one.state].append(
                {"which": one.update_id, "when": one.at, "count": one.failures, "where": one.error}
            )
        for state, rows in by_state.items():
            self._complete[state].execute_many(connection, rows)

    def claim(self, connection: Connection, limit: int, excluded_chats: Collection[int] = ()) -> list[ClaimedUpdate]:
        """Take up to `limit` updates in hand, oldest first.

        None is of a chat that another replica is busy with, or of which we have `excluded_chats`.
        """
        self._database.lock(connection, _CLAIM_LOCK)
        found = connection.execute(
            _CLAIM, {"replica": self._replica, "limit": limit, "excluded_chats": list(excluded_chats)}
        )
        return sorted((ClaimedUpdate(*row) for row in found.all()), key=lambda claimed: claimed.update_id)

    @staticmethod
    def has_waiting(connection: Connection) -> bool:
        """Tell whether anything waits that nobody has in hand."""
        return connection.execute(_ANY_WAITING).first() is not None

    def heartbeat(self, connection: Connection) -> None:
        """Give a sign of life."""
        now = self._database.now()
        row = self._database.insert(REPLICAS).values(id=self._replica, started_at=now, beat_at=now)
        connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"beat_at": now}))

    def reclaim(self, connection: Connection) -> int:
        """Free what dead replicas had in hand; return how many updates that are."""
        self._database.lock(connection, _CLAIM_LOCK)
        alive = select(REPLICAS.c.id)
        if self._database.shared:
            alive = alive.where(REPLICAS.c.beat_at > self._database.now() - DEAD_AFTER_SECONDS)
        else:  # a file has one process at a time
            alive = alive.where(REPLICAS.c.id == self._replica)
        orphaned = and_(INBOX.c.state == WAITING, INBOX.c.owner.is_not(None), INBOX.c.owner.not_in(alive))
        freed = connection.execute(update(INBOX).where(orphaned).values(owner=None, crashes=INBOX.c.crashes + 1))
        connection.execute(delete(REPLICAS).where(REPLICAS.c.id.not_in(alive)))
        if freed.rowcount:
            connection.execute(_MARK_DEAD_LETTERS, {"when": time.time(), "most": MAX_CRASHES})
        return freed.rowcount

    def release(self, connection: Connection) -> None:
        """Free everything we have in hand, and take our leave."""
        connection.execute(update(INBOX).where(_claimed_by(self._replica)).values(owner=None))
        connection.execute(delete(REPLICAS).where(REPLICAS.c.id == self._replica))


def oldest_live_replica(connection: Connection, database: Database) -> str | None:
    """Return the replica that has lived longest, of a database that is `shared`; None where all have fallen silent."""
    alive = select(REPLICAS.c.id).where(REPLICAS.c.beat_at > database.now() - DEAD_AFTER_SECONDS)
    return connection.execute(alive.order_by(REPLICAS.c.started_at, REPLICAS.c.id).limit(1)).scalar()


async def depth(connection: AsyncConnection) -> InboxDepth:
    """Look how full it is."""
    waiting = await connection.execute(
        select(func.count().filter(INBOX.c.owner.is_(None)), func.min(INBOX.c.received_at)).where(
            INBOX.c.state == WAITING
        )
    )
    count, oldest = waiting.one()
    is_dead_letter = INBOX.c.state == DEAD_LETTER
    dead_letters = await connection.execute(select(func.count()).where(is_dead_letter, INBOX.c.ended_at.is_not(None)))
    last = select(INBOX.c.update_id, INBOX.c.error).where(is_dead_letter, INBOX.c.ended_at.is_not(None))
    errors = await connection.execute(last.order_by(INBOX.c.ended_at.desc()).limit(MAX_REPORTED_ERRORS))
    return InboxDepth(
        count, oldest, dead_letters.scalar_one(), tuple((number, error or "") for number, error in errors.all())
    )


def _claimed_by(replica: str) -> ColumnElement[bool]:
    return and_(INBOX.c.state == WAITING, INBOX.c.owner == replica)


_COMPLETE_ONE = update(INBOX).where(INBOX.c.update_id == bindparam("which"), INBOX.c.state == WAITING)
_OUTCOME: dict[str, Any] = {
    "ended_at": bindparam("when"),
    "failures": bindparam("count"),
    "error": bindparam("where"),
    "owner": None,
}
_COMPLETE: dict[FinalState, Update] = {
    DONE: _COMPLETE_ONE.values({"state": DONE, "content": None} | _OUTCOME),
    DEAD_LETTER: _COMPLETE_ONE.values({"state": DEAD_LETTER} | _OUTCOME),
}
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
    # Written out, so that the partial index serves a prepared statement too.
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
