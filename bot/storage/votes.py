"""Feedback on answers: votes, and the suggestions that people choose."""

from __future__ import annotations

from typing import Literal, TypeAlias

from sqlalchemy import insert, select, update

from bot.storage.database import Database
from bot.storage.schema import CHOICES, HISTORY, VOTES

Vote: TypeAlias = Literal["up", "down", "wrong"]
VoteOutcome: TypeAlias = Literal["new", "changed", "same", "gone"]


async def record_vote(database: Database, exchange: int, person: int, given: Vote, at: float) -> VoteOutcome:
    """Store a person's vote on an exchange, the last one counts; "gone" where the exchange isn't stored any more."""
    own = (VOTES.c.exchange == exchange) & (VOTES.c.person == person)
    async with database.begin() as connection:
        # Locked, so that two taps of one person at two replicas are taken one after the other.
        stored = select(HISTORY.c.id).where(HISTORY.c.id == exchange).with_for_update()
        if (await connection.execute(stored)).one_or_none() is None:
            return "gone"
        before = (await connection.execute(select(VOTES.c.vote).where(own))).scalar_one_or_none()
        if before == given:
            return "same"
        if before is not None:
            await connection.execute(update(VOTES).where(own).values(vote=given, at=at))
            return "changed"
        values = {"exchange": exchange, "person": person, "vote": given, "at": at}
        await connection.execute(insert(VOTES).values(values))
        return "new"


async def record_choice(database: Database, exchange: int, person: int, entry: str, at: float) -> None:
    """Store that a person chose a suggested entry: a hint at what the wording means. Once is enough."""
    own = (CHOICES.c.exchange == exchange) & (CHOICES.c.person == person) & (CHOICES.c.entry == entry)
    async with database.begin() as connection:
        stored = select(HISTORY.c.id).where(HISTORY.c.id == exchange).with_for_update()
        if (await connection.execute(stored)).one_or_none() is None:
            return
        if (await connection.execute(select(CHOICES.c.at).where(own))).one_or_none() is None:
            values = {"exchange": exchange, "person": person, "entry": entry, "at": at}
            await connection.execute(insert(CHOICES).values(values))
