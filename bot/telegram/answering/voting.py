"""Votes on answers, "not what I asked", the choice of a suggestion, and the button that shows hidden quotes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message

from bot.answers.html import escape, paragraphs
from bot.answers.reply import Decision, Reply, Scored
from bot.errors import StorageError
from bot.storage import votes
from bot.storage.history import Exchange
from bot.telegram.answering.answer_keyboards import Answer, Excerpt, KeyboardOptions, Quotes, Vote, question_keyboard
from bot.telegram.answering.deliver import keyboards
from bot.telegram.answering.exchange_log import find_exchange
from bot.telegram.client import answer_callback, edit, reply_target, send
from bot.telegram.context import CallbackHandler, Context
from bot.telegram.ui.callback_data import Button
from bot.telegram.ui.short_ids import decode_exchange_id, encode_exchange_id

LOG = logging.getLogger(__name__)

MAX_OFFERED = 3
"""Entries that are offered to somebody who meant something else."""


async def record_vote(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Vote) -> None:
    """Store a vote and acknowledge it; whoever meant something else is offered the nearest entries."""
    exchange = await find_exchange(context, button.exchange)
    if exchange is None:
        await answer_callback(query, context.texts(button.language, "feedback.too_old"))
        return
    if button.vote == "wrong" and not _is_asker(context, query, message, exchange):
        await answer_callback(query, context.texts(button.language, "feedback.only_asker"))
        return
    voter = context.services.pseudonyms.person(query.from_user.id)
    outcome = await votes.record_vote(context.services.database, exchange.id, voter, button.vote, time.time())
    if button.vote == "wrong" and outcome in {"new", "changed"}:
        await answer_callback(query)
        await _offer_others(context, query, message, exchange)
    else:
        await answer_callback(query, context.texts(button.language, f"feedback.{_ACKNOWLEDGEMENTS[outcome]}"))


_ACKNOWLEDGEMENTS: Mapping[votes.VoteOutcome, str] = {
    "new": "thanks",
    "changed": "changed",
    "same": "same",
    "gone": "too_old",
}
"""The wording for each outcome of a vote, below `feedback` in the texts."""


async def record_choice(context: Context, query: CallbackQuery, button: Answer | Excerpt, entry: str) -> None:
    """Store that somebody chose a suggested entry, which shows what the wording of the question meant."""
    exchange = decode_exchange_id(button.exchange) if isinstance(button, Answer) else None
    if exchange is None:
        return
    chooser = context.services.pseudonyms.person(query.from_user.id)
    try:
        await votes.record_choice(context.services.database, exchange, chooser, entry, time.time())
    except StorageError as error:
        LOG.debug("A choice couldn't be stored: %s", error)  # reported by DatabaseHealth


async def show_quotes(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Quotes
) -> None:
    """Show the quotes of an answer that was sent without them, in its message."""
    exchange = await find_exchange(context, button.exchange)
    entries = [context.assistant.knowledge.by_key.get(key) for key in exchange.entries] if exchange else []
    found = tuple(Scored(entry, 1.0) for entry in entries if entry is not None)
    if exchange is None or not found:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
        return
    await answer_callback(query)
    reply = Reply(exchange.question, Decision("answered", exchange.language, answers=found))
    keyboard = _keyboard_without(message, query.data) or keyboards(context).for_reply(
        reply, KeyboardOptions(reply_target(message), exchange.id)
    )
    await edit(context.bot, message, paragraphs(reply, context.texts), keyboard)


def _keyboard_without(message: MaybeInaccessibleMessage, data: str | None) -> InlineKeyboardMarkup | None:
    """Return the buttons of a message without the one that was tapped; None where Telegram doesn't send them along."""
    if not isinstance(message, Message) or message.reply_markup is None:
        return None
    rows = [[key for key in row if key.callback_data != data] for row in message.reply_markup.inline_keyboard]
    return InlineKeyboardMarkup([row for row in rows if row])


def _is_asker(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, exchange: Exchange) -> bool:
    """Return whether whoever taps asked the question; of one that was asked in the group's name, everybody counts."""
    pseudonyms = context.services.pseudonyms
    return exchange.asker in {pseudonyms.person(query.from_user.id), pseudonyms.person(message.chat.id)}


async def _offer_others(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, exchange: Exchange
) -> None:
    language = exchange.language
    nearest = await asyncio.to_thread(context.assistant.nearest, exchange.question)
    others = [scored.entry for scored in nearest if scored.entry.key not in exchange.entries][:MAX_OFFERED]
    markup = [escape(context.texts(language, key)) for key in ("feedback.sorry", "feedback.rephrase")]
    destination = reply_target(message, asker=query.from_user.id)
    messages = await send(
        context.bot, destination, markup, question_keyboard(others, language, encode_exchange_id(exchange.id))
    )
    context.services.sent_answers.record_entries(message.chat.id, messages, others, exchange.id)


CALLBACKS: Mapping[type[Button], CallbackHandler[Any]] = {Vote: record_vote, Quotes: show_quotes}
"""The buttons answered here, each with its handler."""
