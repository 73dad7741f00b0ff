"""/privacy and /forget: what is stored about people, and how they have it deleted."""

from __future__ import annotations

from telegram import Update

from bot.answers.html import escape
from bot.storage import history
from bot.telegram.access.chat_settings import chat, language_for
from bot.telegram.access.menu_language import language_of
from bot.telegram.answering.deliver import conversation
from bot.telegram.client.send import reply_target, send
from bot.telegram.context import Context


async def explain_privacy(update: Update, context: Context) -> None:
    """Say what is stored, how, and for how long."""
    message = update.message
    if message is None:
        return
    texts, language = context.texts, await language_for(context, message)
    paragraphs = (
        texts(language, "privacy.stored", days=context.services.retention),
        texts(language, "privacy.not_stored"),
        texts(language, "privacy.forget"),
    )
    await send(context.bot, reply_target(message), map(escape, paragraphs))


async def forget_person(update: Update, context: Context) -> None:
    """Delete what is stored about whoever asks for it, and say how much that was."""
    message = update.message
    # What is written in a group's name belongs to nobody who could have it deleted.
    user = message.from_user if message is not None and message.sender_chat is None else None
    if message is None or user is None:
        return
    database, texts = context.services.database, context.texts
    person = context.services.names.of("person", user.id)
    context.assistant.forget(conversation(reply_target(message)))
    deleted = await history.forget(database, person, chat(context, user.id))
    had_language = await context.services.chosen.choose_language(person, None)
    language = language_of(message)  # the chosen one is deleted as well
    if not (deleted.questions or deleted.votes or had_language):
        paragraphs = [texts(language, "privacy.nothing")]
    else:
        paragraphs = [texts(language, "privacy.forgotten", questions=deleted.questions, votes=deleted.votes)]
        if had_language:
            paragraphs.append(texts(language, "privacy.language_forgotten"))
    await send(context.bot, reply_target(message), map(escape, paragraphs))
