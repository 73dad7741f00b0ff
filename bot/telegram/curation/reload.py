"""A reload of the knowledge, and how it is told: by an admin's command, or because a file has changed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Bot

from bot.answers.assistant import Change
from bot.answers.html import escape
from bot.errors import BotError, KnowledgeError, Problem
from bot.knowledge.model import Language
from bot.telegram.client import Destination, send, send_file
from bot.telegram.services import Services
from bot.text import Texts

LOG = logging.getLogger(__name__)

PROBLEMS = 10
"""Problems that are told in the message; where there are more, a file holds them all."""
NAMES = 15
"""Entries that are named in each list of changes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reload; one of the three."""

    change: Change | None = None
    """What is different; None where the old knowledge serves on."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the files."""
    reason: str = ""
    """What else went wrong."""


async def attempt(services: Services) -> Outcome:
    """Build the knowledge anew, test it and swap it in, or keep the old one."""
    try:
        change = await services.knowledge_sync.reload()
    except KnowledgeError as error:
        services.health.problems = len(error.problems)
        services.metrics.reloads.labels("refused").inc()
        LOG.warning("The knowledge was not reloaded: %d problems; the old one serves on", len(error.problems))
        return Outcome(problems=error.problems)
    except BotError as error:
        services.metrics.reloads.labels("failed").inc()
        LOG.warning("The knowledge was not reloaded: %s; the old one serves on", error)
        return Outcome(reason=str(error))
    services.health.problems = 0
    services.metrics.reloads.labels("done").inc()
    LOG.info("The knowledge was reloaded: version %s", change.version)
    return Outcome(change)


async def tell(bot: Bot, place: Destination, outcome: Outcome, texts: Texts, language: Language) -> None:
    """Say what became of a reload."""
    if outcome.change is not None:
        await send(bot, place, change_told(outcome.change, texts, language))
    elif outcome.problems:
        await send(bot, place, problems_told(outcome.problems, texts, language))
        if len(outcome.problems) > PROBLEMS:
            await send_file(bot, place, "problems.txt", "".join(f"{problem}\n" for problem in outcome.problems))
    else:
        await send(bot, place, [escape(texts(language, "admin.failed", reason=outcome.reason))])


def change_told(change: Change, texts: Texts, language: Language) -> tuple[str, ...]:
    """Tell what a reload changed, as paragraphs of markup."""
    lists = (
        _names("admin.added", change.added, texts, language),
        _names("admin.removed", change.removed, texts, language),
        _names("admin.changed", change.changed, texts, language),
        _left_out(change, texts, language),
    )
    told = tuple(filter(None, lists)) or (escape(texts(language, "admin.unchanged")),)
    return (escape(texts(language, "admin.reloaded", version=change.version)), *told)


def problems_told(problems: Sequence[Problem], texts: Texts, language: Language) -> tuple[str, ...]:
    """Tell the first problems, as paragraphs of markup."""
    head = escape(texts(language, "admin.problems", count=len(problems)))
    lines = (f"<code>{escape(f'{one.file}:{one.line}')}</code>: {escape(one.message)}" for one in problems[:PROBLEMS])
    return (head, *lines)


def _names(key: str, names: Sequence[str], texts: Texts, language: Language) -> str:
    if not names:
        return ""
    head = escape(texts(language, key, count=len(names)))
    lines = [f"• <code>{escape(name)}</code>" for name in names[:NAMES]]
    return "\n".join([head, *lines, *(["…"] if len(names) > NAMES else [])])


def _left_out(change: Change, texts: Texts, language: Language) -> str:
    if not change.refused:
        return ""
    head = escape(texts(language, "admin.left_out", count=len(change.refused)))
    lines = [f"• {escape(refused.reason)}" for refused in change.refused[:NAMES]]
    return "\n".join([head, *lines, *(["…"] if len(change.refused) > NAMES else [])])
