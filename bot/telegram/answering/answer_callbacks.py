"""The buttons that answer an entry, show its transcript, or delete an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from telegram import CallbackQuery, MaybeInaccessibleMessage

from bot.answers import html
from bot.knowledge.model import Language
from bot.telegram.access import is_admin, settings_at
from bot.telegram.answering.answer_keyboards import Answer, Delete, Excerpt
from bot.telegram.answering.deliver import deliver_entry, keyboards
from bot.telegram.answering.voting import record_choice
from bot.telegram.client import Destination, answer_callback, delete, reply_target, send
from bot.telegram.context import CallbackHandler, Context
from bot.telegram.ui.callback_data import Button
from bot.telegram.ui.short_ids import find_entry


async def answer_entry(
    context: Context,
    query: CallbackQuery,
    message: MaybeInaccessibleMessage,
    button: Answer | Excerpt,
) -> None:
    """Answer an entry, or show its transcript, in a new message; a second tap within a minute doesn't repeat it."""
    knowledge = context.assistant.knowledge
    entry = find_entry(knowledge, button.entry)
    tap = (message.chat.id, message.message_id, button)
    if entry is None:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
    elif context.services.recent.taps.seen(tap):
        await answer_callback(query, context.texts(button.language, "telegram.already_answered"))
        await record_choice(context, query, button, entry.key)
    else:
        await answer_callback(query)
        await record_choice(context, query, button, entry.key)
        destination = reply_target(message, asker=query.from_user.id)
        try:
            if isinstance(button, Answer):
                settings = await settings_at(context, destination)
                await deliver_entry(context, destination, settings, entry, button.language)
            else:
                transcript = knowledge.interview_of[entry.interview].transcript
                excerpt = html.context(entry, transcript, button.language, context.texts)
                messages = await _show_excerpt(context, destination, excerpt, button.language)
                context.services.sent_answers.record_entries(destination.chat, messages, [entry])
        except Exception:
            context.services.recent.taps.forget(tap)  # nothing was sent: the next tap must count
            raise


async def _show_excerpt(
    context: Context, destination: Destination, paragraphs: Iterable[str], language: Language
) -> list[int]:
    return await send(context.bot, destination, paragraphs, keyboards(context).removal(destination, language))


async def delete_answer(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Delete
) -> None:
    """Delete all messages of an answer, for whoever asked, for the group's admins, and for those of the bot."""
    services, chat = context.services, message.chat.id
    may_delete = query.from_user.id == button.asker or is_admin(query.from_user, services.options.admins)
    if not may_delete and not await services.group_admins.include(context.bot, chat, query.from_user.id):
        asked_as_group = button.asker == chat  # perhaps by whoever taps
        await answer_callback(
            query, context.texts(button.language, "group.unseen_admin" if asked_as_group else "delete.refused")
        )
        return
    messages = await services.sent_answers.messages_of(chat, message.message_id)
    deleted = [await delete(context.bot, chat, message_id) for message_id in messages]
    services.sent_answers.forget(chat, message.message_id)
    await answer_callback(query, None if all(deleted) else context.texts(button.language, "delete.too_old"))


CALLBACKS: Mapping[type[Button], CallbackHandler[Any]] = {
    Answer: answer_entry,
    Excerpt: answer_entry,
    Delete: delete_answer,
}
"""The buttons answered here, each with its handler."""
