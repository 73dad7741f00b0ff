"""The answer that a message replies to, which is the context of its question, however old and whoever got it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import Message, User

from bot.answers.reply import RepliedAnswer
from bot.errors import StorageError
from bot.knowledge.model import Knowledge
from bot.storage import history
from bot.telegram.answering.answer_keyboards import Excerpt
from bot.telegram.context import Context
from bot.telegram.ui.callback_data import decode_button
from bot.telegram.ui.short_ids import find_entry

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RepliedMessage:
    """The message that another one replies to."""

    chat: int
    """Id of its chat."""
    message_id: int
    """Its id there."""
    quoted: str
    """The part of it that is quoted; empty for the whole."""


def replied_message(message: Message) -> RepliedMessage | None:
    """Return the message that another replies to, in this chat or elsewhere; None where there is none with an id."""
    here, elsewhere = message.reply_to_message, message.external_reply
    quoted = message.quote.text if message.quote is not None else ""
    if here is not None:
        # In a forum's topic, everything "replies" to the topic's first message.
        return RepliedMessage(message.chat.id, here.message_id, quoted) if here.forum_topic_created is None else None
    if elsewhere is not None and elsewhere.chat is not None and elsewhere.message_id is not None:
        return RepliedMessage(elsewhere.chat.id, elsewhere.message_id, quoted)
    return None


def entries_in_buttons(message: Message | None, knowledge: Knowledge, me: User) -> tuple[str, ...]:
    """Return the keys of the entries that a message shows, as its buttons name them.

    This serves for messages that aren't stored: older ones, and those sent through inline mode.
    """
    if message is None or message.reply_markup is None:
        return ()
    keys = [key for row in message.reply_markup.inline_keyboard for key in row]
    excerpts = [decode_button(str(key.callback_data or ""), (Excerpt,)) for key in keys]
    short_ids = [button.entry for button in excerpts if button is not None]
    if message.via_bot is not None and message.via_bot.id == me.id:
        short_ids = [link for key in keys if (link := (key.url or "").rpartition("?start=")[2])]
    found = (find_entry(knowledge, name) for name in short_ids)
    return tuple(entry.key for entry in found if entry is not None)


async def replied_answer(context: Context, message: Message) -> RepliedAnswer | None:
    """Return the answer that `message` replies to, in the form for the matcher; None where it replies to none."""
    replied_to = replied_message(message)
    if replied_to is None:
        return None
    answer = await context.services.sent_answers.about_message(replied_to.chat, replied_to.message_id)
    if answer is None or answer.status is None:
        keys = entries_in_buttons(message.reply_to_message, context.assistant.knowledge, context.me)
        return RepliedAnswer(keys, quoted=replied_to.quoted) if keys else None
    if answer.status == "smalltalk":
        return None
    is_offer = answer.status != "answered"
    # What was asked in one chat isn't used in another.
    question = await _question_of(context, answer.exchange) if is_offer and replied_to.chat == message.chat.id else ""
    return RepliedAnswer(answer.entries, is_offer, question, replied_to.quoted)


async def _question_of(context: Context, exchange: int | None) -> str:
    """Return what was asked in an exchange; empty where it isn't stored any more, or can't be looked up."""
    if exchange is None:
        return ""
    try:
        found = await history.find(context.services.database, exchange)
    except StorageError as error:
        LOG.debug("A question couldn't be looked up: %s", error)
        return ""
    return found.question if found is not None else ""
