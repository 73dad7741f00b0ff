"""What people say about answers: votes, "not what I asked", and the suggestions that they choose."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping

from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message

from bot.answers.html import escape, paragraphs
from bot.answers.reply import Decision, Reply, Scored
from bot.errors import StorageError
from bot.storage import votes
from bot.storage.history import Exchange
from bot.telegram.access.chat_settings import person
from bot.telegram.answering.answer_keyboards import Answer, Below, Excerpt, Quotes, Vote, questions
from bot.telegram.answering.deliver import keyboards
from bot.telegram.answering.exchange_log import recall
from bot.telegram.client.callback_answers import answer_callback
from bot.telegram.client.edit import edit
from bot.telegram.client.send import reply_target, send
from bot.telegram.context import Context
from bot.telegram.ui.callback_data import Button, CallbackHandler
from bot.telegram.ui.short_ids import code, number

LOG = logging.getLogger(__name__)

OFFERED = 3
"""Other entries that are offered to somebody who meant something else."""


async def voted(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Vote) -> None:
    """Note a vote, and say that it was noted; whoever meant something else is offered what comes near."""
    exchange = await recall(context, button.exchange)
    if exchange is None:
        await answer_callback(query, context.texts(button.language, "feedback.too_old"))
        return
    if button.vote == "wrong" and not _asked(context, query, message, exchange):
        await answer_callback(query, context.texts(button.language, "feedback.only_asker"))
        return
    voter = context.services.names.of("person", query.from_user.id)
    outcome = await votes.record_vote(context.services.database, exchange.id, voter, button.vote, time.time())
    if button.vote == "wrong" and outcome in {"new", "changed"}:
        await answer_callback(query)
        await _offer_others(context, query, message, exchange)
    else:
        await answer_callback(query, context.texts(button.language, f"feedback.{_NOTES[outcome]}"))


_NOTES: dict[votes.VoteOutcome, str] = {"new": "thanks", "changed": "changed", "same": "same", "gone": "too_old"}


async def chosen(context: Context, query: CallbackQuery, button: Answer | Excerpt, entry: str) -> None:
    """Note that somebody chose a suggested entry, which tells what the wording meant."""
    exchange = number(button.exchange) if isinstance(button, Answer) else None
    if exchange is None:
        return
    chooser = context.services.names.of("person", query.from_user.id)
    try:
        await votes.record_choice(context.services.database, exchange, chooser, entry, time.time())
    except StorageError as error:
        LOG.debug("A choice couldn't be kept: %s", error)  # the clerk tells it


async def unfolded(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Quotes) -> None:
    """Show the quotes of an answer that was given without them, in place."""
    exchange = await recall(context, button.exchange)
    entries = [context.assistant.knowledge.by_key.get(key) for key in exchange.entries] if exchange else []
    found = tuple(Scored(entry, 1.0) for entry in entries if entry is not None)
    if exchange is None or not found:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
        return
    await answer_callback(query)
    reply = Reply(exchange.question, Decision("answered", exchange.language, answers=found))
    keyboard = _without(message, query.data) or keyboards(context).below(
        reply, Below(reply_target(message), exchange.id)
    )
    await edit(context.bot, message, paragraphs(reply, context.texts), keyboard)


def _without(message: MaybeInaccessibleMessage, data: str | None) -> InlineKeyboardMarkup | None:
    """Return the buttons of a message but the one that was tapped; None where Telegram doesn't show them any more."""
    if not isinstance(message, Message) or message.reply_markup is None:
        return None
    rows = [[key for key in row if key.callback_data != data] for row in message.reply_markup.inline_keyboard]
    return InlineKeyboardMarkup([row for row in rows if row])


def _asked(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, exchange: Exchange) -> bool:
    """Tell whether whoever taps asked the question; for one asked in the group's name anybody may speak."""
    return exchange.asker in {person(context, query.from_user.id), person(context, message.chat.id)}


async def _offer_others(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, exchange: Exchange
) -> None:
    language = exchange.language
    nearest = await asyncio.to_thread(context.assistant.nearest, exchange.question)
    others = [scored.entry for scored in nearest if scored.entry.key not in exchange.entries][:OFFERED]
    told = [escape(context.texts(language, "feedback.sorry")), escape(context.texts(language, "feedback.rephrase"))]
    place = reply_target(message, asker=query.from_user.id)
    sent = await send(context.bot, place, told, questions(others, language, code(exchange.id)))
    messages = [one.message_id for one in sent]
    context.services.answers.note_about(message.chat.id, messages, others, exchange.id)


CALLBACKS: Mapping[type[Button], CallbackHandler] = {Vote: voted, Quotes: unfolded}
"""The buttons answered here, each with its handler."""
