"""From a reply to the messages that say it."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot.answers.html import escape, paragraphs
from bot.answers.reply import Reply
from bot.knowledge.model import Entry, Language
from bot.storage.history import Via, new_id
from bot.telegram.access.chat_settings import settings_at
from bot.telegram.answering.answer_keyboards import Below, Keyboards
from bot.telegram.answering.exchange_log import keep
from bot.telegram.client.edit import rewrite
from bot.telegram.client.send import Destination, send
from bot.telegram.context import Context

_SUPERGROUP = -1_000_000_000_000
"""Ids of supergroups lie below; without it, they are what links to their messages hold."""


def keyboards(context: Context) -> Keyboards:
    """Return what lays out the buttons, over the knowledge that serves now."""
    return Keyboards(context.assistant.knowledge, context.texts, context.me.username or "")


async def give(context: Context, place: Destination, entry: Entry, language: Language) -> None:
    """Answer with an entry that somebody chose by a button or a link."""
    await deliver(context, place, context.assistant.show(entry, language, conversation(place)), via="tapped")


async def deliver(
    context: Context,
    place: Destination,
    reply: Reply,
    instead_of: Sequence[int] = (),
    via: Via = "typed",
    *,
    anew: bool = False,
) -> tuple[int, ...]:
    """Send a reply with its buttons, or show it in the messages of an old one; return its messages.

    It is kept what was asked and how it went. What a group was told a moment ago isn't repeated there, but pointed
    to, unless it is wanted `anew`.
    """
    chosen, exchange = await settings_at(context, place), new_id()
    if chosen.language is not None and via == "typed":
        reply = reply.in_language(chosen.language)
    below = Below(place, exchange, typed=via == "typed", quiet=chosen.quiet)
    messages = None if anew else await _point_above(context, reply, instead_of, below)
    messages = messages or await _deliver(context, reply, instead_of, below)
    keep(context, place, reply, exchange, via)
    return messages


async def _deliver(context: Context, reply: Reply, instead_of: Sequence[int], below: Below) -> tuple[int, ...]:
    keyboard = keyboards(context).below(reply, below)
    told = paragraphs(reply, context.texts, quotes=not below.quiet)
    messages = await _say(context, below.place, instead_of, told, keyboard)
    await context.services.answers.note(below.place, reply, messages, below.exchange)
    return messages


async def _point_above(
    context: Context, reply: Reply, instead_of: Sequence[int], below: Below
) -> tuple[int, ...] | None:
    """Point to what a group was told a moment ago; None where it wasn't."""
    place, answers = below.place, context.services.answers
    first = await answers.first(place, reply) if place.group and reply.answers else None
    if first is None or first in instead_of:
        return None
    messages = await _say(context, place, instead_of, (_pointer(context, place, first, reply.language),), None)
    answers.note_about(place.chat, messages, [scored.entry for scored in reply.answers])
    return messages


def conversation(place: Destination) -> str:
    """Name the messages that belong together: those of one sender in one topic of one chat."""
    return f"{place.chat}/{place.thread or ''}/{place.asker or ''}"


async def _say(
    context: Context,
    place: Destination,
    instead_of: Sequence[int],
    told: Sequence[str],
    keyboard: InlineKeyboardMarkup | None,
) -> tuple[int, ...]:
    if instead_of:
        now = tuple(await rewrite(context.bot, place, instead_of, told, keyboard))
        if now[-1] != instead_of[-1]:
            context.services.answers.forget(place.chat, instead_of[-1])
        return now
    return tuple(message.message_id for message in await send(context.bot, place, told, keyboard))


def _pointer(context: Context, place: Destination, first: int, language: Language) -> str:
    """Say that the answer stands above."""
    return linked(escape(context.texts(language, "group.above")), place.chat, first)


def linked(markup: str, chat: int, message: int) -> str:
    """Make markup a link to a message, or to a topic, of a group; only supergroups have such links."""
    if chat >= _SUPERGROUP:
        return markup
    return f'<a href="https://t.me/c/{_SUPERGROUP - chat}/{message}">{markup}</a>'
