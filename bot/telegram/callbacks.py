"""What a tap on a button does; every tap is acknowledged, also a stale or a second one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeAlias

from telegram import CallbackQuery, MaybeInaccessibleMessage, Update

from bot.answers import html
from bot.errors import StorageError
from bot.knowledge.model import Language
from bot.telegram.access.menu_language import spoken
from bot.telegram.answering import voting
from bot.telegram.answering.deliver import give, keyboards
from bot.telegram.browsing.topic_pages import Browser
from bot.telegram.client.callback_answers import answer_callback
from bot.telegram.client.edit import delete, edit
from bot.telegram.client.send import Destination, reply_target, send
from bot.telegram.context import Context
from bot.telegram.curation import gap_review
from bot.telegram.settings import group_settings, personal_language
from bot.telegram.ui import buttons
from bot.telegram.ui.short_ids import find_entry

LOG = logging.getLogger(__name__)


async def tapped(update: Update, context: Context) -> None:
    """Do what the button says, or say why it can't be done."""
    query = update.callback_query
    if query is None:
        return
    button, message = buttons.parse(query.data or ""), query.message
    if button is None or message is None:
        await answer_callback(query, context.texts(spoken(query.from_user.language_code), "telegram.unknown_button"))
        return
    if not isinstance(button, buttons.Delete) and not _admitted(
        context, reply_target(message, asker=query.from_user.id)
    ):
        await answer_callback(query, context.texts(button.language, "limits.slower"))
        return
    try:
        await TAPS[type(button)](context, query, message, button)
    except StorageError as error:
        LOG.warning("A tap couldn't be dealt with: %s", error)
        await answer_callback(query, context.texts(button.language, "telegram.not_kept"))


def _admitted(context: Context, place: Destination) -> bool:
    return context.services.limits.take(place.asker, place.chat if place.group else None) == "admitted"


async def _answer(
    context: Context,
    query: CallbackQuery,
    message: MaybeInaccessibleMessage,
    button: buttons.Answer | buttons.Context,
) -> None:
    """Answer in a new message, once."""
    knowledge = context.assistant.knowledge
    entry = find_entry(knowledge, button.entry)
    tap = (message.chat.id, message.message_id, button)
    if entry is None:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
    elif context.services.taps.seen(tap):
        await answer_callback(query, context.texts(button.language, "telegram.already_answered"))
        await voting.chosen(context, query, button, entry.key)
    else:
        await answer_callback(query)
        await voting.chosen(context, query, button, entry.key)
        place = reply_target(message, asker=query.from_user.id)
        try:
            if isinstance(button, buttons.Answer):
                await give(context, place, entry, button.language)
            else:
                transcript = knowledge.interview_of[entry.interview].transcript
                told = html.context(entry, transcript, button.language, context.texts)
                messages = await _show_context(context, place, told, button.language)
                context.services.answers.note_about(place.chat, messages, [entry])
        except Exception:
            context.services.taps.forget(tap)  # nothing arrived, so that the next tap must count
            raise


async def _show_context(context: Context, place: Destination, told: Iterable[str], language: Language) -> list[int]:
    sent = await send(context.bot, place, told, keyboards(context).removal(place, language))
    return [message.message_id for message in sent]


async def _delete(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: buttons.Delete
) -> None:
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
    deleted = [await delete(context.bot, chat, part) for part in parts]
    services.answers.forget(chat, message.message_id)
    await answer_callback(query, None if all(deleted) else context.texts(button.language, "delete.too_old"))


async def _browse(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: buttons.Button
) -> None:
    page = Browser(context.assistant.knowledge, context.texts, button.language).page(button)
    if page is None:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
        return
    await answer_callback(query)
    messages = await edit(context.bot, message, page.paragraphs, page.keyboard)
    if isinstance(button, buttons.Read) and (entry := find_entry(context.assistant.knowledge, button.entry)):
        context.services.answers.note_about(message.chat.id, messages, [entry])


Tap: TypeAlias = Callable[[Context, CallbackQuery, MaybeInaccessibleMessage, Any], Coroutine[Any, Any, None]]
TAPS: Mapping[type[buttons.Button], Tap] = {
    buttons.Answer: _answer,
    buttons.Context: _answer,
    buttons.Interviews: _browse,
    buttons.Sections: _browse,
    buttons.Entries: _browse,
    buttons.Read: _browse,
    buttons.Delete: _delete,
    buttons.Vote: voting.voted,
    buttons.Quotes: voting.unfolded,
    buttons.Speak: personal_language.tapped,
    buttons.Setting: group_settings.tapped,
    buttons.Gaps: gap_review.turned,
    buttons.Decide: gap_review.decided,
}
"""What each kind of button does."""
