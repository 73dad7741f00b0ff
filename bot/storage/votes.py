"""Feedback on answers: votes, and the suggestions that people choose."""

from __future__ import annotations

from typing import Literal, TypeAlias

from sqlalchemy import Connection, select

from bot.storage import dialects
from bot.storage.database import Database
from bot.storage.schema import CHOICES, HISTORY, VOTES

VoteKind: TypeAlias = Literal["up", "down", "wrong"]
VoteOutcome: TypeAlias = Literal["new", "changed", "same", "gone"]


async def record_vote(database: Database, exchange: int, person: int, given: VoteKind, at: float) -> VoteOutcome:
    """Store a person's vote on an exchange in the place of an earlier one; "gone" where the exchange was deleted."""
    own = (VOTES.c.exchange == exchange) & (VOTES.c.person == person)

    def record(connection: Connection) -> VoteOutcome:
        if not _lock_exchange(connection, exchange):
            return "gone"
        before = connection.execute(select(VOTES.c.vote).where(own)).scalar_one_or_none()
        if before == given:
            return "same"
        row = {"exchange": exchange, "person": person, "vote": given, "at": at}
        connection.execute(dialects.upsert(connection, VOTES), row)
        return "new" if before is None else "changed"

    return await database.write(record)


async def record_choice(database: Database, exchange: int, person: int, entry: str, at: float) -> None:
    """Store once that a person chose a suggested entry, unless the exchange was deleted."""
    row = {"exchange": exchange, "person": person, "entry": entry, "at": at}

    def record(connection: Connection) -> None:
        if _lock_exchange(connection, exchange):
            connection.execute(dialects.insert_new(connection, CHOICES), row)

    await database.write(record)


def _lock_exchange(connection: Connection, exchange: int) -> bool:
    """Return whether an exchange is stored; two taps of a person at two replicas wait for each other here."""
    stored = select(HISTORY.c.id).where(HISTORY.c.id == exchange).with_for_update()
    return connection.execute(stored).one_or_none() is not None
