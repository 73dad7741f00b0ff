"""Wordings that people used and an admin decided about: some become phrasings of an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import Connection, Row, delete, or_, select, update

from bot.storage import notifications
from bot.storage.database import Database
from bot.storage.schema import PHRASINGS

DecisionState: TypeAlias = Literal["pending", "approved", "exported", "ignored", "later"]
"""Waits for a yes; takes part in matching; does so and stands in the files too; never offered again; offered later."""

SNOOZE_SECONDS = 7 * 86_400.0
"""Seconds for which "later" keeps a wording out of sight."""


@dataclass(frozen=True, slots=True)
class PhrasingDecision:
    """A wording and what was decided about it."""

    id: int
    """That of the exchange in which it was seen."""
    wording_hash: int
    """Keyed hash of the wording, normalised; there is one decision a wording."""
    text: str
    """As it was typed; empty where it is ignored or put off, for then it need not be kept."""
    entry: str | None
    """Key of the entry that it belongs to; None where nobody has said."""
    state: DecisionState
    """What was decided."""
    at: float
    """When, in seconds since 1970."""


async def save(database: Database, wordings: Iterable[PhrasingDecision]) -> None:
    """Keep decisions; a later one about the same wording takes the place of the earlier."""
    rows = [
        {
            "id": one.id,
            "wording": one.wording_hash,
            "text": one.text,
            "entry": one.entry,
            "state": one.state,
            "at": one.at,
        }
        for one in wordings
    ]

    def replace_rows(connection: Connection) -> None:
        for row in rows:
            others = or_(PHRASINGS.c.id == row["id"], PHRASINGS.c.wording == row["wording"])
            connection.execute(delete(PHRASINGS).where(others))
            connection.execute(database.insert(PHRASINGS).values(row).on_conflict_do_nothing())
        notifications.notify(database, connection, notifications.PHRASINGS)

    await database.run(replace_rows)


async def find(database: Database, number: int) -> PhrasingDecision | None:
    """Return the decision of that id; None for none."""
    async with database.read() as connection:
        row = (await connection.execute(select(PHRASINGS).where(PHRASINGS.c.id == number))).one_or_none()
    return _decision_of(row) if row is not None else None


async def in_states(database: Database, *states: DecisionState) -> Sequence[PhrasingDecision]:
    """Return the wordings in any of these states, oldest decision first."""
    wanted = select(PHRASINGS).where(PHRASINGS.c.state.in_(states)).order_by(PHRASINGS.c.at, PHRASINGS.c.id)
    async with database.read() as connection:
        rows = (await connection.execute(wanted)).all()
    return [_decision_of(row) for row in rows]


async def delete_decision(database: Database, number: int) -> None:
    """Take a decision back: the wording is offered again."""

    def delete_row(connection: Connection) -> None:
        connection.execute(delete(PHRASINGS).where(PHRASINGS.c.id == number))
        notifications.notify(database, connection, notifications.PHRASINGS)

    await database.run(delete_row)


async def decided_wordings(database: Database, now: float) -> frozenset[int]:
    """Return the hashes of the wordings that need no decision now."""
    due = (PHRASINGS.c.state == "later") & (PHRASINGS.c.at < now - SNOOZE_SECONDS)
    async with database.read() as connection:
        found = await connection.execute(select(PHRASINGS.c.wording).where(~due))
        return frozenset(found.scalars())


async def mark_exported(database: Database, numbers: Iterable[int]) -> None:
    """Note that approved wordings stand in the files now."""
    done = PHRASINGS.c.id.in_(list(numbers)) & (PHRASINGS.c.state == "approved")
    async with database.begin() as connection:
        await connection.execute(update(PHRASINGS).where(done).values(state="exported"))


def _decision_of(row: Row[tuple[object, ...]]) -> PhrasingDecision:
    return PhrasingDecision(row.id, row.wording, row.text, row.entry, row.state, row.at)
