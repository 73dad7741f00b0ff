"""Questions that were not answered well, with the votes on their replies and the suggestions that were tapped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select

from bot.storage.database import Database
from bot.storage.schema import CHOICES, HISTORY, VOTES

MAX_EXCHANGES = 5_000
"""Number of the newest exchanges that are searched."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was typed and not answered well."""

    exchange: int
    """Id of the exchange."""
    text: str
    """What was asked, as it is stored (see `history.without_names`)."""
    asker: int | None
    """Pseudonym of whoever asked; None where that isn't known."""
    answered: bool
    """Whether an answer was given, which somebody then voted down."""
    down: int
    """Votes against the answer."""
    chosen: Counter[str] = field(default_factory=Counter)
    """How often each of the suggested entries was tapped, by key."""


async def misses(database: Database) -> Sequence[Miss]:
    """Return the questions that got no answer or a bad one, newest first."""
    down = (
        select(VOTES.c.exchange, func.count().label("votes"))
        .where(VOTES.c.vote != "up")
        .group_by(VOTES.c.exchange)
        .subquery()
    )
    wanted = (
        select(HISTORY.c.id, HISTORY.c.question, HISTORY.c.asker, HISTORY.c.status, down.c.votes)
        .outerjoin(down, down.c.exchange == HISTORY.c.id)
        .where(HISTORY.c.via == "typed", HISTORY.c.question != "")
        .where(or_(HISTORY.c.status.in_(("unknown", "suggested")), down.c.votes.is_not(None)))
        .order_by(HISTORY.c.at.desc(), HISTORY.c.id)
        .limit(MAX_EXCHANGES)
    )
    taps = select(CHOICES.c.exchange, CHOICES.c.entry)
    rows, chosen = await database.read(
        lambda connection: (connection.execute(wanted).all(), connection.execute(taps).all())
    )
    found = [Miss(row.id, row.question, row.asker, row.status == "answered", row.votes or 0) for row in rows]
    by_exchange = {miss.exchange: miss for miss in found}
    for exchange, entry in chosen:
        if exchange in by_exchange:
            by_exchange[exchange].chosen[entry] += 1
    return found
