"""/privacy and /forget: what is stored about people, and how they have it deleted."""

from __future__ import annotations

from bot.answers.html import escape
from bot.telegram.access import Incoming, writer_language
from bot.telegram.answering import conversation_of
from bot.telegram.client import send
from bot.telegram.context import Context


async def explain_privacy(incoming: Incoming, context: Context) -> None:
    """Say what is stored, how, and for how long."""
    texts, language = context.texts, incoming.language
    paragraphs = (
        texts(language, "privacy.stored", days=context.services.options.retention_days),
        texts(language, "privacy.not_stored"),
        texts(language, "privacy.forget"),
    )
    await send(context.bot, incoming.destination, map(escape, paragraphs))


async def forget_person(incoming: Incoming, context: Context) -> None:
    """Delete what is stored about whoever asks for it, and say how much that was."""
    message = incoming.message
    # What is written in a group's name belongs to nobody who could have it deleted.
    user = message.from_user if message.sender_chat is None else None
    if user is None:
        return
    services, texts = context.services, context.texts
    person = services.pseudonyms.person(user.id)
    conversation = conversation_of(incoming.destination)
    context.assistant.forget(conversation)
    pseudonyms = services.pseudonyms
    deleted = await services.write_behind.forget(person, pseudonyms.chat(user.id), pseudonyms.of(conversation))
    had_language = await services.preferences.save_language(person, None)
    language = writer_language(message)  # the chosen one is deleted as well
    if not (deleted.questions or deleted.votes or had_language):
        paragraphs = [texts(language, "privacy.nothing")]
    else:
        paragraphs = [texts(language, "privacy.forgotten", questions=deleted.questions, votes=deleted.votes)]
        if had_language:
            paragraphs.append(texts(language, "privacy.language_forgotten"))
    await send(context.bot, incoming.destination, map(escape, paragraphs))
