"""/diag: how the bot is doing, for its admins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import Update, User

from bot import __version__
from bot.answers.html import escape
from bot.knowledge.model import Knowledge, Language
from bot.telegram.context import Context
from bot.telegram.preferences import language_for
from bot.telegram.rights import is_admin
from bot.telegram.send import beside, patiently, send
from bot.text import Texts


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What there is to know about a running bot."""

    me: User
    """The bot, as Telegram knows it now."""
    knowledge: Knowledge
    """What it answers from."""
    uptime: float
    """Seconds since the start."""
    failures: int
    """Updates that weren't handled, since the start."""
    problems: int
    """Faults of the knowledge files at the last reload, which was refused for them; 0 for none."""


async def diagnose(update: Update, context: Context) -> None:
    """Tell an admin how the bot is doing; refuse everybody else kindly."""
    message = update.message
    if message is None:
        return
    language, place, services = await language_for(context, message), beside(message), context.services
    if not is_admin(message, services.admins, services.anonymous):
        await send(context.bot, place, [escape(context.texts(language, "admin.refused"))])
        return
    me = await patiently(context.bot.get_me)
    health = services.health
    found = Diagnosis(
        me, context.assistant.knowledge, time.monotonic() - services.started, health.failures, health.problems
    )
    await send(context.bot, place, ["\n".join(map(escape, told(found, context.texts, language)))])


def told(found: Diagnosis, texts: Texts, language: Language) -> Iterator[str]:
    """Yield the lines of the report."""
    minutes = int(found.uptime // 60)
    privacy = "privacy_off" if found.me.can_read_all_group_messages else "privacy_on"
    inline = "inline_on" if found.me.supports_inline_queries else "inline_off"
    problems = "problems" if found.problems else "no_problems"
    yield texts(language, "diag.version", version=__version__, username=found.me.username)
    yield texts(language, "diag.knowledge", version=found.knowledge.version, entries=len(found.knowledge.by_key))
    yield texts(language, "diag.uptime", days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60)
    yield texts(language, f"diag.{privacy}")
    yield texts(language, f"diag.{inline}")
    yield texts(language, "diag.failures", count=found.failures)
    yield texts(language, f"diag.{problems}", **({"count": found.problems} if found.problems else {}))
