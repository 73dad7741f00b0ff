"""From a message to its answer."""

from __future__ import annotations

import asyncio

from telegram import Message, Update

from bot.answers.html import paragraphs, shown
from bot.answers.reply import Question, Reply, Scored
from bot.knowledge.model import Entry, Language
from bot.telegram.addressed import question
from bot.telegram.context import Context
from bot.telegram.keyboards import below
from bot.telegram.send import Place, beside, send, typing


async def answer(update: Update, context: Context) -> None:
    """Answer a message that is meant for the bot; leave all others alone."""
    message = update.message
    asked = question(message, context.me) if message else None
    if message is None or asked is None:
        return
    place = beside(message, asked.message_id)
    put = Question(asked.text, conversation(message), _language_hint(message))
    async with typing(context.bot, place):
        reply = await asyncio.to_thread(context.assistant.reply, put)
    await deliver(context, place, reply)


async def give(context: Context, place: Place, entry: Entry, language: Language) -> None:
    """Answer with an entry that somebody chose by a button or a link."""
    chosen = Reply(
        question=shown(entry.question, language), status="answered", language=language, answers=(Scored(entry, 1.0),)
    )
    await deliver(context, place, chosen)


async def deliver(context: Context, place: Place, reply: Reply) -> None:
    """Send a reply with its buttons."""
    keyboard = below(reply, context.assistant.knowledge)
    await send(context.bot, place, paragraphs(reply, context.texts), keyboard)


def conversation(message: Message) -> str:
    """Name the messages that belong together: those of one sender in one topic of one chat."""
    sender = message.sender_chat or message.from_user
    thread = message.message_thread_id if message.is_topic_message else None
    return f"{message.chat.id}/{thread or ''}/{sender.id if sender else ''}"


def _language_hint(message: Message) -> str | None:
    return message.from_user.language_code if message.from_user else None
