"""/stats: how much was asked and how it went, for the bot's admins: a picture, and the same in words."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from bot.answers.curated_texts import localized
from bot.answers.html import escape
from bot.knowledge.model import Knowledge, Language
from bot.storage.statistics import statistics
from bot.storage.statistics_data import Statistics
from bot.telegram.access import Incoming
from bot.telegram.client import send, send_picture, typing
from bot.telegram.context import Context
from bot.telegram.monitoring.stats_picture import draw_in_subprocess
from bot.text import Texts

DEFAULT_DAYS = 30
"""Number of days that are summed up unless the command names another."""
MAX_DAYS = 366


async def show_statistics(incoming: Incoming, context: Context) -> None:
    """Send an admin the figures of the last days, as many as the command names; in words alone without a picture."""
    destination, language = incoming.destination, incoming.language
    async with typing(context.bot, destination):
        found = await statistics(
            context.services.database, requested_days(context.args or []), time.time(), context.services.options.zone
        )
        paragraphs = [escape(text) for text in summary(found, context.assistant.knowledge, context.texts, language)]
        picture = await draw_in_subprocess(found) if found.asked else None
    if picture is None:
        await send(context.bot, destination, paragraphs)
    else:
        await send_picture(context.bot, destination, "statistics.png", picture, paragraphs)


def requested_days(arguments: Sequence[str]) -> int:
    """Return the number of days that a command's arguments ask for, from 1 to `MAX_DAYS`."""
    first = arguments[0] if arguments else ""
    return min(max(int(first), 1), MAX_DAYS) if first.isdecimal() else DEFAULT_DAYS


def summary(found: Statistics, knowledge: Knowledge, texts: Texts, language: Language) -> Iterator[str]:
    """Yield the statistics as paragraphs of plain text."""
    yield texts(language, "stats.title", days=found.days, zone=found.zone)
    if not found.asked:
        yield texts(language, "stats.nothing")
        return
    yield "\n".join(_totals(found, texts, language))
    if found.top:
        lines = (
            f"{rank}. {_name(key, knowledge, language)} · {count}" for rank, (key, count) in enumerate(found.top, 1)
        )
        yield "\n".join((texts(language, "stats.top"), *lines))
    yield "\n".join(
        texts(language, f"stats.{chat.kind}", asked=chat.asked, chats=chat.chats, busiest=chat.busiest)
        for chat in found.chats
    )


def _totals(found: Statistics, texts: Texts, language: Language) -> Iterator[str]:
    statuses = {status: found.statuses.get(status, 0) for status in ("answered", "suggested", "unknown", "smalltalk")}
    votes = {vote: found.votes.get(vote, 0) for vote in ("up", "down", "wrong")}
    yield texts(language, "stats.asked", asked=found.asked, people=found.people)
    yield texts(language, "stats.statuses", **statuses)
    yield texts(language, "stats.votes", **votes)
    yield texts(language, "stats.speed", p50=f"{found.p50 or 0:.1f}", p95=f"{found.p95 or 0:.1f}")


def _name(key: str, knowledge: Knowledge, language: Language) -> str:
    """Return the question of an entry; its key where the entry is gone."""
    entry = knowledge.by_key.get(key)
    return localized(entry.question, language) if entry is not None else key
