"""Logs each question with its outcome, without names, for statistics, votes and /gaps."""

from __future__ import annotations

import time

from bot.answers.reply import Reply
from bot.storage import history
from bot.storage.history import Exchange, Via, without_names
from bot.telegram.client import Destination
from bot.telegram.context import Context
from bot.telegram.ui.short_ids import decode_exchange_id

SUPERGROUP_OFFSET = -1_000_000_000_000
"""Ids of supergroups lie below, those of plain groups above; links to messages hold the difference."""


def log_exchange(context: Context, destination: Destination, reply: Reply, exchange: int, via: Via) -> None:
    """Log an exchange under its id, which its buttons carry; it is written with the completion of its update.

    Without the database it isn't logged: the answer counts more.
    """
    if context.database_failure is not None:
        return
    pseudonyms, scored = context.services.pseudonyms, (*reply.answers, *reply.suggestions)
    record = Exchange(
        id=exchange,
        at=time.time(),
        chat=pseudonyms.chat(destination.chat),
        kind=chat_kind(destination),
        asker=pseudonyms.person(destination.asker) if destination.asker is not None else None,
        via=via,
        question=without_names(reply.question),
        language=reply.language,
        status=reply.status,
        entries=tuple(item.entry.key for item in scored),
        score=scored[0].score if scored else None,
        took_ms=reply.took_ms,
    )
    context.services.write_behind.put(record)


async def find_exchange(context: Context, code: str) -> Exchange | None:
    """Return the exchange whose code a button carries; None where it isn't stored, or not any more."""
    found = decode_exchange_id(code)
    return await history.find(context.services.database, found) if found is not None else None


def chat_kind(destination: Destination) -> str:
    """Return the type of a chat, in Telegram's words."""
    if not destination.group:
        return "private"
    return "supergroup" if destination.chat < SUPERGROUP_OFFSET else "group"
