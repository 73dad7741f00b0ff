"""From a message to its answer."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from telegram import Message, Update
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.answers.reply import Question, Reply
from bot.storage.preferences import GENERAL
from bot.telegram.access.chat_settings import language_for, settings_at
from bot.telegram.access.guards import within_rate_limit
from bot.telegram.answering.addressed import AddressedQuestion, question
from bot.telegram.answering.deliver import conversation, deliver, linked
from bot.telegram.answering.reply_context import about
from bot.telegram.client import reply_target, send, typing
from bot.telegram.context import Context

FIRST = 1
"""Id of the General topic in links."""
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
    elif (topic := await _other_topic(context, message)) is not None:
        await _point_to(context, message, topic)
    elif await within_rate_limit(context, message):
        await _answer(context, message, asked)


async def revise(update: Update, context: Context) -> None:
    """Answer an edited question in the messages of its old answer; anew where the edit made it a question."""
    message = update.edited_message
    asked = question(message, context.me) if message else None
    if message is None or asked is None or not asked.text or await _other_topic(context, message) is not None:
        return
    before = await context.services.answers.answered(message.chat.id, message.message_id)
    if before is None and _is_old(message):
        return
    if before is not None and before.asked == context.services.answers.of(asked.text):
        return  # only its formatting or its preview is another
    if await within_rate_limit(context, message):
        await _answer(context, message, asked, before.messages if before is not None else ())


async def _answer(
    context: Context, message: Message, asked: AddressedQuestion, instead_of: tuple[int, ...] = ()
) -> None:
    services, began = context.services, time.perf_counter()
    if message.media_group_id is not None:
        services.hints.seen(message.media_group_id)  # the album's other pictures ask nothing
    place = reply_target(message, asked.message_id)
    await _apologise_if_late(context, message)
    spoken = message.from_user.language_code if message.from_user else None
    replied_to = await about(context, message) if asked.message_id == message.message_id else None
    put = Question(asked.text, conversation(place), spoken, replied_to)
    async with typing(context.bot, place):
        reply: Reply = await asyncio.to_thread(context.assistant.reply, put)
    # Whoever replies to an answer has read it, and wants to hear it once more.
    anew = replied_to is not None and not replied_to.is_offer
    messages = await deliver(context, place, reply, instead_of, anew=anew)
    services.answers.note_question(message.chat.id, message.message_id, asked.text, messages)
    services.metrics.questions.labels(reply.status, reply.language).inc()
    services.metrics.seconds.observe(time.perf_counter() - began)


async def _apologise_if_late(context: Context, message: Message) -> None:
    """Say once a chat that the answers to what has waited for long come late."""
    asked = message.edit_date or message.date
    if datetime.now(UTC) - asked > LATE and not context.services.late.seen(message.chat.id):
        text = context.texts(await language_for(context, message), "telegram.late")
        await send(context.bot, reply_target(message), [escape(text)])


def _wordless(message: Message) -> bool:
    """Tell whether it holds something else than words, in private."""
    return message.chat.type == ChatType.PRIVATE and not (message.text or message.caption)


async def _hint(context: Context, message: Message) -> None:
    """Say once in a while that only words are understood."""
    hints = context.services.hints
    if message.media_group_id is not None and hints.seen(message.media_group_id):
        return
    if not hints.seen(message.chat.id):
        await send(
            context.bot,
            reply_target(message),
            [escape(context.texts(await language_for(context, message), "telegram.only_words"))],
        )


async def _other_topic(context: Context, message: Message) -> int | None:
    """Return the forum topic in which alone the group wants answers, where this one isn't it."""
    if not message.chat.is_forum:
        return None
    wanted = (await settings_at(context, reply_target(message))).topic
    return wanted if wanted != (reply_target(message).thread or GENERAL) else None


async def _point_to(context: Context, message: Message, topic: int) -> None:
    """Say once in a while where the group wants answers."""
    place = reply_target(message)
    if not context.services.hints.seen((place.chat, place.thread)):
        text = escape(context.texts(await language_for(context, message), "group.elsewhere"))
        await send(context.bot, place, [linked(text, place.chat, topic or FIRST)])


def _is_old(message: Message) -> bool:
    return message.edit_date is not None and message.edit_date - message.date > ANSWERED_LATE
