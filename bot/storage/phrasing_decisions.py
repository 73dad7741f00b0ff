"""Decisions of admins about phrasings that people used: approved ones become phrasings of an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import Connection, Row, delete, or_, select, update

from bot.storage import dialects, notifications
from bot.storage.database import Database
from bot.storage.schema import PHRASINGS

DecisionState: TypeAlias = Literal["pending", "approved", "exported", "ignored", "later"]
"""What was decided about a phrasing.

pending: an entry was chosen, not confirmed yet; approved: searched; exported: searched, and written into the files;
ignored: never offered again; later: offered again after `SNOOZE_SECONDS`.
"""

SNOOZE_SECONDS = 7 * 86_400.0
"""How long a phrasing that was put off ("later") isn't offered."""


@dataclass(frozen=True, slots=True)
class PhrasingDecision:
    """A phrasing and what was decided about it."""

    id: int
    """Id of the exchange in which it was seen."""
    phrasing_hash: int
    """Keyed hash of the phrasing, normalised; there is one decision a phrasing."""
    text: str
    """As it was typed; empty where it is ignored or put off, because it need not be stored then."""
    entry: str | None
    """Key of the entry that it belongs to; None where none was chosen."""
    state: DecisionState
    """What was decided."""
    at: float
    """When, in seconds since 1970."""


async def save(database: Database, decisions: Iterable[PhrasingDecision]) -> None:
    """Store decisions; each replaces an earlier one about the same phrasing."""
    rows = [
        {
            "id": decision.id,
            "wording": decision.phrasing_hash,
            "text": decision.text,
            "entry": decision.entry,
            "state": decision.state,
            "at": decision.at,
        }
        for decision in decisions
    ]

    def replace_rows(connection: Connection) -> None:
        for row in rows:
            others = or_(PHRASINGS.c.id == row["id"], PHRASINGS.c.wording == row["wording"])
            connection.execute(delete(PHRASINGS).where(others))
            connection.execute(dialects.insert_new(connection, PHRASINGS), row)
        dialects.notify(connection, notifications.PHRASINGS)

    await database.write(replace_rows)


async def find(database: Database, exchange_id: int) -> PhrasingDecision | None:
    """Return the decision with this id; None where there is none."""
    query = select(PHRASINGS).where(PHRASINGS.c.id == exchange_id)
    row = await database.read(lambda connection: connection.execute(query).one_or_none())
    return _decision_of(row) if row is not None else None


async def in_states(database: Database, *states: DecisionState) -> Sequence[PhrasingDecision]:
    """Return the decisions in any of these states, oldest first."""
    wanted = select(PHRASINGS).where(PHRASINGS.c.state.in_(states)).order_by(PHRASINGS.c.at, PHRASINGS.c.id)
    rows = await database.read(lambda connection: connection.execute(wanted).all())
    return [_decision_of(row) for row in rows]


async def delete_decision(database: Database, exchange_id: int) -> None:
    """Take a decision back: the phrasing is offered again."""

    def delete_row(connection: Connection) -> None:
        connection.execute(delete(PHRASINGS).where(PHRASINGS.c.id == exchange_id))
        dialects.notify(connection, notifications.PHRASINGS)

    await database.write(delete_row)


async def decided_phrasings(database: Database, now: float) -> frozenset[int]:
    """Return the hashes of the phrasings that need no decision at `now`, in seconds since 1970."""
    due = (PHRASINGS.c.state == "later") & (PHRASINGS.c.at < now - SNOOZE_SECONDS)
    decided = select(PHRASINGS.c.wording).where(~due)
    return frozenset(await database.read(lambda connection: connection.execute(decided).scalars().all()))


async def mark_exported(database: Database, numbers: Iterable[int]) -> None:
    """Mark those of these decisions that are approved as exported."""
    approved = PHRASINGS.c.id.in_(list(numbers)) & (PHRASINGS.c.state == "approved")
    await database.write(
        lambda connection: connection.execute(update(PHRASINGS).where(approved).values(state="exported"))
    )


def _decision_of(row: Row[tuple[object, ...]]) -> PhrasingDecision:
    return PhrasingDecision(row.id, row.wording, row.text, row.entry, row.state, row.at)
