"""The commands for the bot's admins."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import Update

from bot.answers.assistant import Change
from bot.answers.html import escape
from bot.errors import BotError, KnowledgeError, Problem
from bot.knowledge.model import Language
from bot.telegram.context import Context
from bot.telegram.preferences import language_for
from bot.telegram.rights import is_admin
from bot.telegram.send import Place, beside, send, send_file, typing
from bot.text import Texts

LOG = logging.getLogger(__name__)

PROBLEMS = 10
"""Problems that are told in the message; where there are more, a file holds them all."""
NAMES = 15
"""Entries that are named in each list of changes."""


async def reload(update: Update, context: Context) -> None:
    """Build the knowledge anew and swap it in, or keep the old one and say what is wrong."""
    message = update.message
    if message is None:
        return
    place, language = beside(message), await language_for(context, message)
    if not is_admin(message, context.services.admins, context.services.anonymous):
        await send(context.bot, place, [escape(context.texts(language, "admin.refused"))])
        return
    try:
        async with typing(context.bot, place):
            change = await context.services.sharing.reload()
    except KnowledgeError as error:
        context.services.health.problems = len(error.problems)
        context.services.metrics.reloads.labels("refused").inc()
        LOG.warning("The knowledge was not reloaded: %d problems; the old one serves on", len(error.problems))
        await _tell_problems(context, place, language, error.problems)
    except BotError as error:
        context.services.metrics.reloads.labels("failed").inc()
        LOG.warning("The knowledge was not reloaded: %s; the old one serves on", error)
        await send(context.bot, place, [escape(context.texts(language, "admin.failed", reason=error))])
    else:
        context.services.health.problems = 0
        context.services.metrics.reloads.labels("done").inc()
        LOG.info("The knowledge was reloaded: version %s", change.version)
        await send(context.bot, place, change_told(change, context.texts, language))


def change_told(change: Change, texts: Texts, language: Language) -> tuple[str, ...]:
    """Tell what a reload changed, as paragraphs of markup."""
    lists = (
        _names("admin.added", change.added, texts, language),
        _names("admin.removed", change.removed, texts, language),
        _names("admin.changed", change.changed, texts, language),
    )
    told = tuple(filter(None, lists)) or (escape(texts(language, "admin.unchanged")),)
    return (escape(texts(language, "admin.reloaded", version=change.version)), *told)


def problems_told(problems: Sequence[Problem], texts: Texts, language: Language) -> tuple[str, ...]:
    """Tell the first problems, as paragraphs of markup."""
    head = escape(texts(language, "admin.problems", count=len(problems)))
    lines = (f"<code>{escape(f'{one.file}:{one.line}')}</code>: {escape(one.message)}" for one in problems[:PROBLEMS])
    return (head, *lines)


async def _tell_problems(context: Context, place: Place, language: Language, problems: Sequence[Problem]) -> None:
    await send(context.bot, place, problems_told(problems, context.texts, language))
    if len(problems) > PROBLEMS:
        await send_file(context.bot, place, "problems.txt", "".join(f"{problem}\n" for problem in problems))


def _names(key: str, names: Sequence[str], texts: Texts, language: Language) -> str:
    if not names:
        return ""
    head = escape(texts(language, key, count=len(names)))
    lines = [f"• <code>{escape(name)}</code>" for name in names[:NAMES]]
    return "\n".join([head, *lines, *(["…"] if len(names) > NAMES else [])])
