"""/diag: how the bot is doing, for its admins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import User

from bot import __version__
from bot.answers.html import escape
from bot.configuration import Proxy
from bot.errors import StorageError
from bot.knowledge.model import Knowledge, Language
from bot.storage.database import Database, DatabaseKind
from bot.storage.inbox import InboxDepth, depth
from bot.telegram.access import Incoming
from bot.telegram.client.send import send, with_retries
from bot.telegram.context import Context
from bot.telegram.ui import error_text
from bot.text import Texts


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The state of a running bot."""

    me: User
    """The bot, as Telegram knows it now."""
    knowledge: Knowledge
    """What it answers from."""
    uptime: float
    """Seconds since the start."""
    failures: int
    """Number of updates that weren't handled, since the start."""
    problems: int
    """Number of faults in the knowledge files for which the last reload was refused; 0 where it wasn't."""
    database: tuple[DatabaseKind, str]
    """Which kind of database it uses, and where that is: the file's name, or the server's host; no secret."""
    inbox: InboxDepth | None = None
    """How many updates wait or became dead letters; None where the database can't be read."""
    outage: StorageError | None = None
    """Why the database can't be used; None where it can."""
    proxy: Proxy | None = None
    """The proxy to Telegram; None where it is reached directly."""


async def diagnose(incoming: Incoming, context: Context) -> None:
    """Report to an admin how the bot is doing."""
    services = context.services
    me = await with_retries(context.bot.get_me)
    database, inbox = services.database, await _inbox_depth(services.database)
    diagnosis = Diagnosis(
        me,
        context.assistant.knowledge,
        time.monotonic() - services.started,
        services.health.failures,
        services.health.problems,
        (database.kind, database.location),
        inbox=inbox if isinstance(inbox, InboxDepth) else None,
        outage=context.database_failure or (inbox if isinstance(inbox, StorageError) else None),
        proxy=services.options.proxy,
    )
    lines = report(diagnosis, context.texts, incoming.language)
    await send(context.bot, incoming.destination, ["\n".join(map(escape, lines))])


async def _inbox_depth(database: Database) -> InboxDepth | StorageError:
    try:
        return await database.read(depth)
    except StorageError as error:
        return error


def report(diagnosis: Diagnosis, texts: Texts, language: Language) -> Iterator[str]:
    """Yield the lines of the report, as plain text."""
    yield from _about_the_bot(diagnosis, texts, language)
    if diagnosis.proxy is None:
        yield texts(language, "diag.no_proxy")
    else:
        yield texts(language, "diag.proxy", proxy=str(diagnosis.proxy), variable=diagnosis.proxy.variable)
    kind, location = diagnosis.database
    yield texts(language, f"diag.{kind}", location=location)
    if diagnosis.outage is not None:
        yield texts(language, "diag.database_away", reason=error_text(diagnosis.outage, texts, language))
    yield texts(language, "diag.failures", count=diagnosis.failures)
    if diagnosis.inbox is not None:
        yield texts(language, "diag.waiting", count=diagnosis.inbox.waiting)
        if diagnosis.inbox.dead_letters:
            yield texts(language, "diag.dead_letters", count=diagnosis.inbox.dead_letters)
        yield from (f"{update_id}: {error}" for update_id, error in diagnosis.inbox.errors)
    if diagnosis.problems:
        yield texts(language, "diag.problems", count=diagnosis.problems)
    else:
        yield texts(language, "diag.no_problems")


def _about_the_bot(diagnosis: Diagnosis, texts: Texts, language: Language) -> Iterator[str]:
    me, knowledge, minutes = diagnosis.me, diagnosis.knowledge, int(diagnosis.uptime // 60)
    yield texts(language, "diag.version", version=__version__, username=me.username)
    yield texts(language, "diag.knowledge", version=knowledge.version, entries=len(knowledge.by_key))
    yield texts(language, "diag.uptime", days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60)
    yield texts(language, "diag.privacy_off" if me.can_read_all_group_messages else "diag.privacy_on")
    yield texts(language, "diag.inline_on" if me.supports_inline_queries else "diag.inline_off")
