"""/privacy and /forget: what is kept about people, and its end."""

from __future__ import annotations

from bot.answers.html import escape
from bot.storage import history
from bot.telegram.access import Incoming, writer_language
from bot.telegram.answering import conversation_of
from bot.telegram.client import send
from bot.telegram.context import Context


async def explain(incoming: Incoming, context: Context) -> None:
    """Say what is kept, how, and for how long."""
    language, days = incoming.language, context.services.options.retention_days
    keys = ("privacy.kept", "privacy.not_kept", "privacy.forget")
    told = [escape(context.texts(language, key, **({"days": days} if key == keys[0] else {}))) for key in keys]
    await send(context.bot, incoming.destination, told)


async def forget(incoming: Incoming, context: Context) -> None:
    """Delete what is kept about whoever asks for it, and say how much that was."""
    message = incoming.message
    # A group in whose name somebody writes is nobody's to be forgotten.
    user = message.from_user if message.sender_chat is None else None
    if user is None:
        return
    database, texts = context.services.database, context.texts
    who = context.services.pseudonyms.person(user.id)
    context.assistant.forget(conversation_of(incoming.destination))
    gone = await history.forget(database, who, context.services.pseudonyms.chat(user.id))
    had_language = await context.services.preferences.save_language(who, None)
    language = writer_language(message)  # the one that was chosen is forgotten as well
    told = [texts(language, "privacy.forgotten", questions=gone.questions, votes=gone.votes)]
    if had_language:
        told.append(texts(language, "privacy.language_forgotten"))
    if not (gone.questions or gone.votes or had_language):
        told = [texts(language, "privacy.nothing")]
    await send(context.bot, incoming.destination, [escape(line) for line in told])
