"""Reloads the knowledge and reports what became of it: for /reload, and for the watch over the files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.assistant import Change
from bot.answers.html import escape
from bot.errors import BotError, KnowledgeError, Problem
from bot.knowledge.model import Language
from bot.telegram.access import Incoming
from bot.telegram.client import BotClient, Destination, send, send_file, typing
from bot.telegram.context import Context
from bot.telegram.services import Services
from bot.telegram.ui import error_text
from bot.text import Texts

LOG = logging.getLogger(__name__)

MAX_SHOWN_PROBLEMS = 10
"""Number of problems that a message shows; where there are more, a file is sent that holds all of them."""
MAX_LISTED_ENTRIES = 15
"""Number of entries that each list of changes names."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reload; one of the three."""

    change: Change | None = None
    """What is different; None where the old knowledge goes on serving."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the files."""
    error: BotError | None = None
    """What else went wrong."""


async def reload_knowledge(incoming: Incoming, context: Context) -> None:
    """/reload: build the knowledge anew and serve it, or keep the old one and say what is wrong."""
    async with typing(context.bot, incoming.destination):
        outcome = await try_reload(context.services)
    await report(context.bot, incoming.destination, outcome, context.texts, incoming.language)


async def try_reload(services: Services) -> Outcome:
    """Build the knowledge anew, test it and serve it; where that fails, the old one goes on serving."""
    try:
        change = await services.knowledge_sync.reload()
    except KnowledgeError as error:
        services.health.problems = len(error.problems)
        services.metrics.reloads.labels("refused").inc()
        LOG.warning("The knowledge was not reloaded: %d problems; keeping the old version", len(error.problems))
        return Outcome(problems=error.problems)
    except BotError as error:
        services.metrics.reloads.labels("failed").inc()
        LOG.warning("The knowledge was not reloaded: %s; keeping the old version", error)
        return Outcome(error=error)
    services.health.problems = 0
    services.metrics.reloads.labels("done").inc()
    LOG.info("The knowledge was reloaded: version %s", change.version)
    return Outcome(change)


async def report(bot: BotClient, destination: Destination, outcome: Outcome, texts: Texts, language: Language) -> None:
    """Send what became of a reload."""
    if outcome.change is not None:
        await send(bot, destination, change_report(outcome.change, texts, language))
    elif outcome.problems:
        await send(bot, destination, problem_report(outcome.problems, texts, language))
        if len(outcome.problems) > MAX_SHOWN_PROBLEMS:
            await send_file(bot, destination, "problems.txt", "".join(f"{problem}\n" for problem in outcome.problems))
    elif outcome.error is not None:
        reason = error_text(outcome.error, texts, language)
        await send(bot, destination, [escape(texts(language, "admin.failed", reason=reason))])


def change_report(change: Change, texts: Texts, language: Language) -> tuple[str, ...]:
    """Return what a reload changed, as paragraphs of markup."""
    left_out = [escape(rejected.reason) for rejected in change.rejected]
    lists = (
        _bullets("admin.added", _as_code(change.added), texts, language),
        _bullets("admin.removed", _as_code(change.removed), texts, language),
        _bullets("admin.changed", _as_code(change.changed), texts, language),
        _bullets("admin.left_out", left_out, texts, language),
    )
    shown = tuple(filter(None, lists)) or (escape(texts(language, "admin.unchanged")),)
    return (escape(texts(language, "admin.reloaded", version=change.version)), *shown)


def problem_report(problems: Sequence[Problem], texts: Texts, language: Language) -> tuple[str, ...]:
    """Return the first problems, as paragraphs of markup."""
    head = escape(texts(language, "admin.problems", count=len(problems)))
    shown = problems[:MAX_SHOWN_PROBLEMS]
    return (head, *(f"<code>{escape(f'{each.file}:{each.line}')}</code>: {escape(each.message)}" for each in shown))


def _as_code(names: Sequence[str]) -> Sequence[str]:
    return [f"<code>{escape(name)}</code>" for name in names]


def _bullets(key: str, items: Sequence[str], texts: Texts, language: Language) -> str:
    """Return the first of some items of markup as a list, below the text of `key`; nothing where there are none."""
    if not items:
        return ""
    head = escape(texts(language, key, count=len(items)))
    more = ["…"] if len(items) > MAX_LISTED_ENTRIES else []
    return "\n".join([head, *(f"• {item}" for item in items[:MAX_LISTED_ENTRIES]), *more])
