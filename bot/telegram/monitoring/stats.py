"""/stats: how much was asked and how it went, for the bot's admins: a picture, and the same in words."""

from __future__ import annotations

import time
from collections.abc import Iterator

from telegram import Update

from bot.answers.curated_texts import shown
from bot.answers.html import escape
from bot.knowledge.model import Knowledge, Language
from bot.storage.figures import Statistics
from bot.storage.statistics import statistics
from bot.telegram.access.chat_settings import language_for
from bot.telegram.client.send import reply_target, send, send_picture, typing
from bot.telegram.context import Context
from bot.telegram.monitoring.stats_picture import drawn
from bot.text import Texts

DAYS = 30
"""Days that are told of where none are named."""
MOST_DAYS = 366


async def tell(update: Update, context: Context) -> None:
    """Tell an admin about the last days, as many as are named."""
    message = update.message
    if message is None:
        return
    place, language = reply_target(message), await language_for(context, message)
    async with typing(context.bot, place):
        found = await statistics(
            context.services.database, days_of(context.args or []), time.time(), context.services.zone
        )
        told = [escape(line) for line in words(found, context.assistant.knowledge, context.texts, language)]
        picture = await drawn(found) if found.asked else None
    if picture is None:
        await send(context.bot, place, told)
    else:
        await send_picture(context.bot, place, "statistics.png", picture, told)


def days_of(arguments: list[str]) -> int:
    """Read how many days are asked for."""
    named = arguments[0] if arguments else ""
    return min(max(int(named), 1), MOST_DAYS) if named.isdecimal() else DAYS


def words(found: Statistics, knowledge: Knowledge, texts: Texts, language: Language) -> Iterator[str]:
    """Yield the statistics as paragraphs of plain text."""
    yield texts(language, "stats.title", days=found.days, zone=found.zone)
    if not found.asked:
        yield texts(language, "stats.nothing")
        return
    yield "\n".join(_sums(found, texts, language))
    if found.top:
        lines = (
            f"{place}. {_name(key, knowledge, language)} · {count}" for place, (key, count) in enumerate(found.top, 1)
        )
        yield "\n".join((texts(language, "stats.top"), *lines))
    yield "\n".join(
        texts(language, f"stats.{one.kind}", asked=one.asked, chats=one.chats, busiest=one.busiest)
        for one in found.chats
    )


def _sums(found: Statistics, texts: Texts, language: Language) -> Iterator[str]:
    ways = {way: found.statuses.get(way, 0) for way in ("answered", "suggested", "unknown", "smalltalk")}
    votes = {vote: found.votes.get(vote, 0) for vote in ("up", "down", "wrong")}
    yield texts(language, "stats.asked", asked=found.asked, people=found.people)
    yield texts(language, "stats.ways", **ways)
    yield texts(language, "stats.votes", **votes)
    yield texts(language, "stats.speed", p50=f"{found.p50 or 0:.1f}", p95=f"{found.p95 or 0:.1f}")


def _name(key: str, knowledge: Knowledge, language: Language) -> str:
    entry = knowledge.by_key.get(key)
    return shown(entry.question, language) if entry is not None else key
