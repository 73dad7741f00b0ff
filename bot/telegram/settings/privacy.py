"""/privacy and /forget: what is kept about people, and its end."""

from __future__ import annotations

from telegram import Update

from bot.answers.html import escape
from bot.storage import history
from bot.telegram.access.chat_settings import chat, language_for
from bot.telegram.access.menu_language import language_of
from bot.telegram.answering.deliver import conversation
from bot.telegram.client import reply_target, send
from bot.telegram.context import Context


async def explain(update: Update, context: Context) -> None:
    """Say what is kept, how, and for how long."""
    message = update.message
    if message is None:
        return
    language, days = await language_for(context, message), context.services.retention
    keys = ("privacy.kept", "privacy.not_kept", "privacy.forget")
    told = [escape(context.texts(language, key, **({"days": days} if key == keys[0] else {}))) for key in keys]
    await send(context.bot, reply_target(message), told)


async def forget(update: Update, context: Context) -> None:
    """Delete what is kept about whoever asks for it, and say how much that was."""
    message = update.message
    # A group in whose name somebody writes is nobody's to be forgotten.
    user = message.from_user if message is not None and message.sender_chat is None else None
    if message is None or user is None:
        return
    database, texts = context.services.database, context.texts
    who = context.services.names.of("person", user.id)
    context.assistant.forget(conversation(reply_target(message)))
    gone = await history.forget(database, who, chat(context, user.id))
    had_language = await context.services.chosen.choose_language(who, None)
    language = language_of(message)  # the one that was chosen is forgotten as well
    told = [texts(language, "privacy.forgotten", questions=gone.questions, votes=gone.votes)]
    if had_language:
        told.append(texts(language, "privacy.language_forgotten"))
    if not (gone.questions or gone.votes or had_language):
        told = [texts(language, "privacy.nothing")]
    await send(context.bot, reply_target(message), [escape(line) for line in told])
