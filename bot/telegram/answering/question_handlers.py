"""Answers a message that is addressed to the bot, and answers it again when its question is edited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from telegram import Message, Update
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.answers.reply import Question, Reply
from bot.storage.preferences import GENERAL
from bot.telegram.access import Incoming, read_incoming, within_rate_limit
from bot.telegram.answering.addressed import AddressedQuestion, addressed_question
from bot.telegram.answering.conversation_state import conversation_of
from bot.telegram.answering.deliver import deliver, linked
from bot.telegram.answering.reply_context import replied_answer
from bot.telegram.client import GENERAL_TOPIC_ID, Destination, send, typing
from bot.telegram.context import Context

LATE_AFTER = timedelta(minutes=10)
"""Age of a question from which on the bot apologises for the delay."""
ANSWER_EDITS_WITHIN = timedelta(hours=1)
"""Age up to which a message may become a question by an edit.

An older one was likely answered before a restart, by messages that are no longer known.
"""


async def answer(update: Update, context: Context) -> None:
    """Answer a message that is addressed to the bot; ignore all others."""
    message = update.message
    asked = addressed_question(message, context.me) if message else None
    if message is None or asked is None:
        return
    incoming = await read_incoming(context, message)
    if _is_wordless(message):
        await _hint_at_words(context, incoming)
    elif (topic := _other_topic(incoming)) is not None:
        await _point_to_topic(context, incoming, topic)
    elif await within_rate_limit(context, incoming):
        await _answer(context, incoming, asked)


async def answer_edited(update: Update, context: Context) -> None:
    """Answer an edited question in the messages of its old answer; in new ones where the edit made it a question."""
    message = update.edited_message
    asked = addressed_question(message, context.me) if message else None
    if message is None or asked is None or not asked.text:
        return
    incoming, sent_answers = await read_incoming(context, message), context.services.sent_answers
    if _other_topic(incoming) is not None:
        return
    former = await sent_answers.answer_to(message.chat.id, message.message_id)
    if former is None and _is_old(message):
        return
    if former is not None and former.question_hash == sent_answers.question_hash(asked.text):
        return  # only its formatting or its link preview has changed
    if await within_rate_limit(context, incoming):
        await _answer(context, incoming, asked, former.messages if former is not None else ())


async def _answer(context: Context, incoming: Incoming, asked: AddressedQuestion, replaces: Sequence[int] = ()) -> None:
    """Answer a question, in the messages that the answer `replaces` if there are any."""
    services, message, began = context.services, incoming.message, time.perf_counter()
    if message.media_group_id is not None:
        services.recent.hints.seen(message.media_group_id)  # the album's other pictures ask nothing
    destination = replace(incoming.destination, reply_to=asked.message_id)
    await _apologise_if_late(context, incoming)
    language_tag = message.from_user.language_code if message.from_user else None
    replied_to = await replied_answer(context, message) if asked.message_id == message.message_id else None
    put = Question(asked.text, conversation_of(destination), language_tag, replied_to)
    reply = await _reply(context, destination, put)
    # Whoever replies to an answer has read it, and wants to see it once more.
    may_repeat = replied_to is not None and not replied_to.is_offer
    messages = await deliver(context, destination, incoming.settings, reply, replaces, may_repeat=may_repeat)
    services.sent_answers.record_question(message.chat.id, message.message_id, asked.text, messages)
    services.metrics.questions.labels(reply.status, reply.language).inc()
    services.metrics.seconds.observe(time.perf_counter() - began)


async def _reply(context: Context, destination: Destination, question: Question) -> Reply:
    """Have a question answered: in a thread, unless that takes less time than waking one."""
    if context.assistant.answers_at_once(question):
        return context.assistant.reply(question)
    async with typing(context.bot, destination):
        return await asyncio.to_thread(context.assistant.reply, question)


async def _apologise_if_late(context: Context, incoming: Incoming) -> None:
    """Apologise for a late answer, once an hour in a chat."""
    message = incoming.message
    age = datetime.now(UTC) - (message.edit_date or message.date)
    if age > LATE_AFTER and not context.services.recent.late_notices.seen(message.chat.id):
        await send(context.bot, incoming.destination, [escape(context.texts(incoming.language, "telegram.late"))])


def _is_wordless(message: Message) -> bool:
    """Return whether a private message has neither text nor caption."""
    return message.chat.type == ChatType.PRIVATE and not (message.text or message.caption)


async def _hint_at_words(context: Context, incoming: Incoming) -> None:
    """Explain that the bot understands only words, once an hour in a chat, and once an album."""
    hints, message = context.services.recent.hints, incoming.message
    if message.media_group_id is not None and hints.seen(message.media_group_id):
        return
    if not hints.seen(message.chat.id):
        await send(context.bot, incoming.destination, [escape(context.texts(incoming.language, "telegram.only_words"))])


def _other_topic(incoming: Incoming) -> int | None:
    """Return the forum topic to which the group restricts answers; None where the message may be answered."""
    if not incoming.message.chat.is_forum:
        return None
    wanted = incoming.settings.topic
    return wanted if wanted != (incoming.destination.thread or GENERAL) else None


async def _point_to_topic(context: Context, incoming: Incoming, topic: int) -> None:
    """Link to the topic in which the group wants answers, once an hour in a topic."""
    destination = incoming.destination
    if not context.services.recent.hints.seen((destination.chat, destination.thread)):
        text = escape(context.texts(incoming.language, "group.elsewhere"))
        await send(context.bot, destination, [linked(text, destination.chat, topic or GENERAL_TOPIC_ID)])


def _is_old(message: Message) -> bool:
    return message.edit_date is not None and message.edit_date - message.date > ANSWER_EDITS_WITHIN
