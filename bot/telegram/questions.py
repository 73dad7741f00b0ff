"""From a message to its answer."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from telegram import Message, Update
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.answers.reply import Question, Reply
from bot.telegram.addressed import Asked, question
from bot.telegram.answering import conversation, deliver
from bot.telegram.context import Context
from bot.telegram.gate import admitted
from bot.telegram.language import language_of
from bot.telegram.send import beside, send, typing

LATE = timedelta(minutes=10)
"""How old a question may get without an apology."""
ANSWERED_LATE = timedelta(hours=1)
"""How old a message may be whose edit makes it a question; an older one was likely answered before a restart."""


async def answer(update: Update, context: Context) -> None:
    """Answer a message that is meant for the bot; leave all others alone."""
    message = update.message
    asked = question(message, context.me) if message else None
    if message is None or asked is None:
        return
    if _wordless(message):
        await _hint(context, message)
    elif await admitted(context, message):
        await _answer(context, message, asked)


async def revise(update: Update, context: Context) -> None:
    """Answer an edited question in the messages of its old answer; anew where the edit made it a question."""
    message = update.edited_message
    asked = question(message, context.me) if message else None
    if message is None or asked is None or not asked.text:
        return
    before = await context.services.answers.answered(message.chat.id, message.message_id)
    if before is None and _is_old(message):
        return
    if before is not None and before.asked == context.services.answers.of(asked.text):
        return  # only its formatting or its preview is another
    if await admitted(context, message):
        await _answer(context, message, asked, before.messages if before is not None else ())


async def _answer(context: Context, message: Message, asked: Asked, instead_of: tuple[int, ...] = ()) -> None:
    services, began = context.services, time.perf_counter()
    if message.media_group_id is not None:
        services.hints.seen(message.media_group_id)  # the album's other pictures ask nothing
    place = beside(message, asked.message_id)
    await _apologise_if_late(context, message)
    put = Question(asked.text, conversation(place), message.from_user.language_code if message.from_user else None)
    async with typing(context.bot, place):
        reply: Reply = await asyncio.to_thread(context.assistant.reply, put)
    messages = await deliver(context, place, reply, instead_of)
    services.answers.note_question(message.chat.id, message.message_id, asked.text, messages)
    services.metrics.questions.labels(reply.status, reply.language).inc()
    services.metrics.seconds.observe(time.perf_counter() - began)


async def _apologise_if_late(context: Context, message: Message) -> None:
    """Say once a chat that the answers to what has waited for long come late."""
    asked = message.edit_date or message.date
    if datetime.now(UTC) - asked > LATE and not context.services.late.seen(message.chat.id):
        await send(context.bot, beside(message), [escape(context.texts(language_of(message), "telegram.late"))])


def _wordless(message: Message) -> bool:
    """Tell whether it holds something else than words, in private."""
    return message.chat.type == ChatType.PRIVATE and not (message.text or message.caption)


async def _hint(context: Context, message: Message) -> None:
    """Say once in a while that only words are understood."""
    hints = context.services.hints
    if message.media_group_id is not None and hints.seen(message.media_group_id):
        return
    if not hints.seen(message.chat.id):
        await send(context.bot, beside(message), [escape(context.texts(language_of(message), "telegram.only_words"))])


def _is_old(message: Message) -> bool:
    return message.edit_date is not None and message.edit_date - message.date > ANSWERED_LATE
