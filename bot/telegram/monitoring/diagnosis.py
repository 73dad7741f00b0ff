"""/diag: how the bot is doing, for its admins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import User

from bot import __version__
from bot.answers.html import escape
from bot.errors import StorageError
from bot.knowledge.model import Knowledge, Language
from bot.proxies import Proxy
from bot.storage.database import Database
from bot.storage.inbox import InboxDepth, depth
from bot.telegram.access import Incoming
from bot.telegram.client import send, with_retries
from bot.telegram.context import Context
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
    inbox: InboxDepth | None
    """How full the inbox is; None where the database is away."""
    problems: int
    """Faults of the knowledge files at the last reload, which was refused for them; 0 for none."""
    trouble: str | None = None
    """Why nothing can be kept, and what to do; None where it can."""
    proxy: Proxy | None = None
    """What Telegram is reached through; None where it is reached directly."""


async def diagnose(incoming: Incoming, context: Context) -> None:
    """Tell an admin how the bot is doing; refuse everybody else kindly."""
    language, place, services = incoming.language, incoming.destination, context.services
    me = await with_retries(context.bot.get_me)
    health, inbox = services.health, await _depth(services.database)
    found = Diagnosis(
        me,
        context.assistant.knowledge,
        time.monotonic() - services.started,
        health.failures,
        None if isinstance(inbox, StorageError) else inbox,
        health.problems,
        context.database_failure or (str(inbox) if isinstance(inbox, StorageError) else None),
        services.options.proxy,
    )
    await send(context.bot, place, ["\n".join(map(escape, told(found, context.texts, language)))])


async def _depth(database: Database) -> InboxDepth | StorageError:
    try:
        async with database.read() as connection:
            return await depth(connection)
    except StorageError as error:
        return error


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
    if found.proxy is None:
        yield texts(language, "diag.no_proxy")
    else:
        yield texts(language, "diag.proxy", proxy=str(found.proxy), variable=found.proxy.variable)
    yield texts(language, "diag.failures", count=found.failures)
    if found.trouble is not None:
        yield texts(language, "diag.unkept", reason=found.trouble)
    if found.inbox is not None:
        yield texts(language, "diag.waiting", count=found.inbox.waiting)
        if found.inbox.dead_letters:
            yield texts(language, "diag.aside", count=found.inbox.dead_letters)
        yield from (f"{number}: {error}" for number, error in found.inbox.errors)
    yield texts(language, f"diag.{problems}", **({"count": found.problems} if found.problems else {}))
