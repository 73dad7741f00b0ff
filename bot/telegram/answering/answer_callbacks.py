"""What the buttons below an answer do that answer an entry, show its transcript, or delete the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from telegram import CallbackQuery, MaybeInaccessibleMessage

from bot.answers import html
from bot.knowledge.model import Language
from bot.telegram.answering.answer_keyboards import Answer, Delete, Excerpt
from bot.telegram.answering.deliver import give, keyboards
from bot.telegram.answering.voting import chosen
from bot.telegram.client import Destination, answer_callback, delete, reply_target, send
from bot.telegram.context import Context
from bot.telegram.ui.callback_data import Button, CallbackHandler
from bot.telegram.ui.short_ids import find_entry


async def answered(
    context: Context,
    query: CallbackQuery,
    message: MaybeInaccessibleMessage,
    button: Answer | Excerpt,
) -> None:
    """Answer in a new message, once."""
    knowledge = context.assistant.knowledge
    entry = find_entry(knowledge, button.entry)
    tap = (message.chat.id, message.message_id, button)
    if entry is None:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
    elif context.services.taps.seen(tap):
        await answer_callback(query, context.texts(button.language, "telegram.already_answered"))
        await chosen(context, query, button, entry.key)
    else:
        await answer_callback(query)
        await chosen(context, query, button, entry.key)
        destination = reply_target(message, asker=query.from_user.id)
        try:
            if isinstance(button, Answer):
                await give(context, destination, entry, button.language)
            else:
                transcript = knowledge.interview_of[entry.interview].transcript
                excerpt = html.context(entry, transcript, button.language, context.texts)
                messages = await _show_excerpt(context, destination, excerpt, button.language)
                context.services.answers.note_about(destination.chat, messages, [entry])
        except Exception:
            context.services.taps.forget(tap)  # nothing arrived, so that the next tap must count
            raise


async def _show_excerpt(
    context: Context, destination: Destination, paragraphs: Iterable[str], language: Language
) -> list[int]:
    sent = await send(context.bot, destination, paragraphs, keyboards(context).removal(destination, language))
    return [message.message_id for message in sent]


async def deleted(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Delete) -> None:
    """Delete the whole answer, for who asked, for the group's admins and for the bot's own."""
    services, chat = context.services, message.chat.id
    may = query.from_user.id == button.asker or query.from_user.id in services.admins
    if not may and not await services.group_admins.include(context.bot, chat, query.from_user.id):
        unseen = button.asker == chat  # asked in the group's name, perhaps by whoever taps
        await answer_callback(
            query, context.texts(button.language, "group.unseen_admin" if unseen else "delete.refused")
        )
        return
    parts = await services.answers.messages(chat, message.message_id)
    gone = [await delete(context.bot, chat, part) for part in parts]
    services.answers.forget(chat, message.message_id)
    await answer_callback(query, None if all(gone) else context.texts(button.language, "delete.too_old"))


CALLBACKS: Mapping[type[Button], CallbackHandler] = {Answer: answered, Excerpt: answered, Delete: deleted}
"""The buttons answered here, each with its handler."""
