"""Sends a reply with its buttons, or shows it in the messages of an older one."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot.answers.html import escape, paragraphs
from bot.answers.reply import Reply
from bot.knowledge.model import Entry, Language
from bot.storage.history import Via, new_id
from bot.storage.preferences import ChatSettings
from bot.telegram.answering.answer_keyboards import KeyboardOptions, Keyboards
from bot.telegram.answering.conversation_state import conversation_of
from bot.telegram.answering.exchange_log import SUPERGROUP_OFFSET, log_exchange
from bot.telegram.client import Destination, rewrite, send
from bot.telegram.context import Context


def keyboards(context: Context) -> Keyboards:
    """Return what lays out the buttons, over the current knowledge."""
    return Keyboards(context.assistant.knowledge, context.texts, context.me.username or "")


async def deliver_entry(
    context: Context, destination: Destination, settings: ChatSettings, entry: Entry, language: Language
) -> None:
    """Answer with an entry that somebody chose by a button or a link."""
    reply = context.assistant.show(entry, language, conversation_of(destination))
    await deliver(context, destination, settings, reply, via="tapped")


async def deliver(
    context: Context,
    destination: Destination,
    settings: ChatSettings,
    reply: Reply,
    replaces: Sequence[int] = (),
    via: Via = "typed",
    *,
    may_repeat: bool = False,
) -> tuple[int, ...]:
    """Send a reply, or show it in the messages that it `replaces`; return the ids of its messages.

    The exchange is logged. A group that was shown the same answer a moment ago gets a link to it instead, unless
    the reply `may_repeat` it.
    """
    exchange = new_id()
    if settings.language is not None and via == "typed":
        reply = reply.in_language(settings.language)
    options = KeyboardOptions(destination, exchange, typed=via == "typed", quotes_hidden=settings.quiet)
    messages = None if may_repeat else await _link_to_former(context, reply, replaces, options)
    messages = messages or await _show(context, reply, replaces, options)
    log_exchange(context, destination, reply, exchange, via)
    return messages


async def _show(context: Context, reply: Reply, replaces: Sequence[int], options: KeyboardOptions) -> tuple[int, ...]:
    markup = paragraphs(reply, context.texts, quotes=not options.quotes_hidden)
    keyboard = keyboards(context).for_reply(reply, options)
    messages = await _write(context, options.destination, replaces, markup, keyboard)
    await context.services.sent_answers.record(options.destination, reply, messages, options.exchange)
    return messages


async def _link_to_former(
    context: Context, reply: Reply, replaces: Sequence[int], options: KeyboardOptions
) -> tuple[int, ...] | None:
    """Link to the same answer in a group, if it was shown a moment ago; else return None."""
    destination, sent_answers = options.destination, context.services.sent_answers
    first = await sent_answers.first_message(destination, reply) if destination.group and reply.answers else None
    if first is None or first in replaces:
        return None
    markup = linked(escape(context.texts(reply.language, "group.above")), destination.chat, first)
    messages = await _write(context, destination, replaces, (markup,), None)
    sent_answers.record_entries(destination.chat, messages, [scored.entry for scored in reply.answers])
    return messages


async def _write(
    context: Context,
    destination: Destination,
    replaces: Sequence[int],
    markup: Sequence[str],
    keyboard: InlineKeyboardMarkup | None,
) -> tuple[int, ...]:
    """Send paragraphs of markup, or write them into older messages; return the ids of the messages."""
    if not replaces:
        return tuple(await send(context.bot, destination, markup, keyboard))
    messages = tuple(await rewrite(context.bot, destination, replaces, markup, keyboard))
    if messages[-1] != replaces[-1]:
        context.services.sent_answers.forget(destination.chat, replaces[-1])
    return messages


def linked(markup: str, chat: int, message: int) -> str:
    """Make markup a link to a message or a topic of a supergroup; others have no such links, and it stays as it is."""
    if chat >= SUPERGROUP_OFFSET:
        return markup
    return f'<a href="https://t.me/c/{SUPERGROUP_OFFSET - chat}/{message}">{markup}</a>'
