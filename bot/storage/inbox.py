"""The inbox: updates are kept until they are handled, and each chat's are in one replica's hands at a time."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.schema import ASIDE, DONE, INBOX, REPLICAS, WAITING

CRASHES = 10
"""How often a replica may die with an update in hand before the update is held to be the reason."""
DEAD_AFTER = 8.0
"""Seconds without a sign of life after which what a replica had in hand goes to the others."""
TOLD = 3
"""Updates set aside whose errors are reported."""

_CLAIMING = 5_318_008_002
"""PostgreSQL's advisory lock under which one replica at a time takes updates in hand."""
_other = INBOX.alias("other")

State: TypeAlias = Literal["done", "aside"]


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
    state: State
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
    aside: int
    """Updates given up, within the time of retention."""
    errors: tuple[tuple[int, str], ...]
    """The last of those: Telegram's number, and where it failed."""


class Inbox:
    """The statements of one replica; every transaction is the caller's."""

    def __init__(self, database: Database, replica: str) -> None:
        """`replica` names this process, and no other."""
        self._database = database
        self._replica = replica
        self._keep = database.insert(INBOX).on_conflict_do_nothing()
        self._ends = {state: database.spelt(statement) for state, statement in _END.items()}

    def keep(self, connection: Connection, arrived: Sequence[IncomingUpdate], *, in_hand: bool) -> None:
        """Write new updates down, those known already left as they are; `in_hand` where we handle them already."""
        if arrived:
            owner = self._replica if in_hand else None
            rows = [
                {"update_id": one.update_id, "chat": one.chat, "content": one.content, "received_at": one.at}
                | {"owner": owner}
                for one in arrived
            ]
            connection.execute(self._keep, rows)

    def end(self, connection: Connection, ended: Sequence[Completion]) -> None:
        """Note what is handled; only what was given up keeps its content, for whoever looks into it."""
        by_state: dict[State, list[dict[str, object]]] = {"done": [], "aside": []}
        for one in ended:
            by_state[one.state].append(
                {"which": one.update_id, "when": one.at, "count": one.failures, "where": one.error}
            )
        for state, rows in by_state.items():
            self._ends[state].run(connection, rows)

    def claim(self, connection: Connection, room: int, enough: Collection[int] = ()) -> list[ClaimedUpdate]:
        """Take up to `room` updates in hand, oldest first.

        None is of a chat that another replica is busy with, or of which we have `enough`.
        """
        self._database.lock(connection, _CLAIMING)
        found = connection.execute(_CLAIM, {"replica": self._replica, "room": room, "enough": list(enough)})
        return sorted((ClaimedUpdate(*row) for row in found.all()), key=lambda held: held.update_id)

    @staticmethod
    def waits(connection: Connection) -> bool:
        """Tell whether anything waits that nobody has in hand."""
        return connection.execute(_ANY).first() is not None

    def beat(self, connection: Connection) -> None:
        """Give a sign of life."""
        now = self._database.now()
        row = self._database.insert(REPLICAS).values(id=self._replica, started_at=now, beat_at=now)
        connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"beat_at": now}))

    def take_over(self, connection: Connection) -> int:
        """Free what dead replicas had in hand; return how many updates that are."""
        self._database.lock(connection, _CLAIMING)
        alive = select(REPLICAS.c.id)
        if self._database.shared:
            alive = alive.where(REPLICAS.c.beat_at > self._database.now() - DEAD_AFTER)
        else:  # a file has one process at a time
            alive = alive.where(REPLICAS.c.id == self._replica)
        orphaned = and_(INBOX.c.state == WAITING, INBOX.c.owner.is_not(None), INBOX.c.owner.not_in(alive))
        freed = connection.execute(update(INBOX).where(orphaned).values(owner=None, crashes=INBOX.c.crashes + 1))
        connection.execute(delete(REPLICAS).where(REPLICAS.c.id.not_in(alive)))
        if freed.rowcount:
            connection.execute(_GIVE_UP, {"when": time.time(), "most": CRASHES})
        return freed.rowcount

    def leave(self, connection: Connection) -> None:
        """Free everything we have in hand, and take our leave."""
        connection.execute(update(INBOX).where(_ours(self._replica)).values(owner=None))
        connection.execute(delete(REPLICAS).where(REPLICAS.c.id == self._replica))


def eldest_alive(connection: Connection, database: Database) -> str | None:
    """Return the replica that has lived longest, of a database that is `shared`; None where all have fallen silent."""
    alive = select(REPLICAS.c.id).where(REPLICAS.c.beat_at > database.now() - DEAD_AFTER)
    return connection.execute(alive.order_by(REPLICAS.c.started_at, REPLICAS.c.id).limit(1)).scalar()


async def depth(connection: AsyncConnection) -> InboxDepth:
    """Look how full it is."""
    waiting = await connection.execute(
        select(func.count().filter(INBOX.c.owner.is_(None)), func.min(INBOX.c.received_at)).where(
            INBOX.c.state == WAITING
        )
    )
    count, oldest = waiting.one()
    given_up = INBOX.c.state == ASIDE
    aside = await connection.execute(select(func.count()).where(given_up, INBOX.c.ended_at.is_not(None)))
    last = select(INBOX.c.update_id, INBOX.c.error).where(given_up, INBOX.c.ended_at.is_not(None))
    errors = await connection.execute(last.order_by(INBOX.c.ended_at.desc()).limit(TOLD))
    return InboxDepth(count, oldest, aside.scalar_one(), tuple((number, error or "") for number, error in errors.all()))


def _ours(replica: str) -> ColumnElement[bool]:
    return and_(INBOX.c.state == WAITING, INBOX.c.owner == replica)


_ENDING = update(INBOX).where(INBOX.c.update_id == bindparam("which"), INBOX.c.state == WAITING)
_NOTED: dict[str, Any] = {
    "ended_at": bindparam("when"),
    "failures": bindparam("count"),
    "error": bindparam("where"),
    "owner": None,
}
_END: dict[State, Update] = {
    "done": _ENDING.values({"state": DONE, "content": None} | _NOTED),
    "aside": _ENDING.values({"state": ASIDE} | _NOTED),
}
_GIVE_UP = (
    update(INBOX)
    .where(INBOX.c.state == WAITING, INBOX.c.crashes >= bindparam("most"))
    .values(state=ASIDE, ended_at=bindparam("when"), error="the bot died each time that it handled this", owner=None)
)
_BUSY_ELSEWHERE = exists().where(
    _other.c.chat == INBOX.c.chat,
    _other.c.state == text(f"'{WAITING}'"),
    _other.c.owner.is_not(None),
    _other.c.owner != bindparam("replica"),
)
_FREE = (
    select(INBOX.c.update_id)
    # Written out, so that the partial index serves a prepared statement too.
    .where(INBOX.c.state == text(f"'{WAITING}'"), INBOX.c.owner.is_(None), ~_BUSY_ELSEWHERE)
    .where(INBOX.c.chat.not_in(bindparam("enough", expanding=True)))
    .order_by(INBOX.c.update_id)
    .limit(bindparam("room"))
)
_ANY = select(INBOX.c.update_id).where(INBOX.c.state == text(f"'{WAITING}'"), INBOX.c.owner.is_(None)).limit(1)
_CLAIM = (
    update(INBOX)
    .where(INBOX.c.update_id.in_(_FREE.scalar_subquery()))
    .values(owner=bindparam("replica"))
    .returning(INBOX.c.update_id, INBOX.c.chat, INBOX.c.content)
)
