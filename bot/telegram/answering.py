"""From a reply to the messages that say it."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot.answers.html import escape, paragraphs
from bot.answers.reply import Reply
from bot.knowledge.model import Entry, Language
from bot.telegram.context import Context
from bot.telegram.edit import rewrite
from bot.telegram.keyboards import Keyboards
from bot.telegram.send import Place, send

_SUPERGROUP = -1_000_000_000_000
"""Ids of supergroups lie below; without it, they are what links to their messages hold."""


def keyboards(context: Context) -> Keyboards:
    """Return what lays out the buttons, over the knowledge that serves now."""
    return Keyboards(context.assistant.knowledge, context.texts, context.me.username or "")


async def give(context: Context, place: Place, entry: Entry, language: Language) -> None:
    """Answer with an entry that somebody chose by a button or a link."""
    await deliver(context, place, context.assistant.show(entry, language, conversation(place)))


async def deliver(context: Context, place: Place, reply: Reply, instead_of: Sequence[int] = ()) -> tuple[int, ...]:
    """Send a reply with its buttons, or show it in the messages of an old one; return its messages.

    What a group was told a moment ago isn't repeated there, but pointed to.
    """
    answers = context.services.answers
    repeats = place.group and bool(reply.answers)
    first = await answers.first(place, reply) if repeats else None
    if first is not None and first not in instead_of:
        return await _say(context, place, instead_of, (_pointer(context, place, first, reply.language),), None)
    keyboard = keyboards(context).below(reply, place)
    messages = await _say(context, place, instead_of, paragraphs(reply, context.texts), keyboard)
    await answers.note(place, reply, messages)
    return messages


def conversation(place: Place) -> str:
    """Name the messages that belong together: those of one sender in one topic of one chat."""
    return f"{place.chat}/{place.thread or ''}/{place.asker or ''}"


async def _say(
    context: Context,
    place: Place,
    instead_of: Sequence[int],
    told: Sequence[str],
    keyboard: InlineKeyboardMarkup | None,
) -> tuple[int, ...]:
    if instead_of:
        return tuple(await rewrite(context.bot, place, instead_of, told, keyboard))
    return tuple(message.message_id for message in await send(context.bot, place, told, keyboard))


def _pointer(context: Context, place: Place, first: int, language: Language) -> str:
    """Say that the answer stands above, with a link to it where messages have links."""
    text = escape(context.texts(language, "group.above"))
    if place.chat >= _SUPERGROUP:
        return text
    return f'<a href="https://t.me/c/{_SUPERGROUP - place.chat}/{first}">{text}</a>'
