"""Keeping what was asked, without names; an answer never fails because it can't be kept."""

from __future__ import annotations

import time

from bot.answers.reply import Reply
from bot.storage import history
from bot.storage.history import Exchange, Via, without_names
from bot.telegram.access.chat_settings import chat, is_away, person
from bot.telegram.client import Destination
from bot.telegram.context import Context
from bot.telegram.ui.short_ids import number

_SUPERGROUP = -1_000_000_000_000
"""Ids of supergroups lie below, those of plain groups above."""


def keep(context: Context, place: Destination, reply: Reply, exchange: int, via: Via) -> None:
    """Note an exchange under an id that its buttons carry; it is written down with the end of its update."""
    if is_away(context):
        return
    scored = (*reply.answers, *reply.suggestions)
    kept = Exchange(
        id=exchange,
        at=time.time(),
        chat=chat(context, place.chat),
        kind=kind_of(place),
        asker=person(context, place.asker),
        via=via,
        question=without_names(reply.question),
        language=reply.language,
        status=reply.status,
        entries=tuple(one.entry.key for one in scored),
        score=scored[0].score if scored else None,
        took_ms=reply.took_ms,
    )
    context.services.memories.put(kept)


async def recall(context: Context, code: str) -> Exchange | None:
    """Return the exchange that a button names; None where it isn't kept any more."""
    found = number(code)
    return await history.find(context.services.database, found) if found is not None else None


def kind_of(place: Destination) -> str:
    """Return the kind of a chat, as Telegram names it."""
    if not place.group:
        return "private"
    return "supergroup" if place.chat < _SUPERGROUP else "group"
