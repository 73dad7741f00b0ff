"""What a message is about that replies to one of the bot's: that one, however old it is and whomever it answered."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import Message, User

from bot.answers.reply import About
from bot.errors import StorageError
from bot.knowledge.model import Knowledge
from bot.storage import history
from bot.telegram.answering.answer_keyboards import Excerpt
from bot.telegram.context import Context
from bot.telegram.ui.callback_data import unpack
from bot.telegram.ui.short_ids import find_entry

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """The message that another replies to."""

    chat: int
    """Id of its chat."""
    message_id: int
    """Its id there."""
    quoted: str
    """The part of it that is quoted; empty for the whole."""


def target(message: Message) -> Target | None:
    """Return what a message replies to, here or in another chat; None for nothing that can be named."""
    before, elsewhere = message.reply_to_message, message.external_reply
    quoted = message.quote.text if message.quote is not None else ""
    if before is not None:
        # In a forum's topic, everything "replies" to the topic's first message.
        return Target(message.chat.id, before.message_id, quoted) if before.forum_topic_created is None else None
    if elsewhere is not None and elsewhere.chat is not None and elsewhere.message_id is not None:
        return Target(elsewhere.chat.id, elsewhere.message_id, quoted)
    return None


def named_by_buttons(message: Message | None, knowledge: Knowledge, me: User) -> tuple[str, ...]:
    """Return the keys of the entries that a message answers, as its own buttons name them.

    That serves where nothing is kept of it: it may be older than what is kept, or written by somebody through the bot.
    """
    if message is None or message.reply_markup is None:
        return ()
    keys = [key for row in message.reply_markup.inline_keyboard for key in row]
    excerpts = [unpack(str(key.callback_data or ""), (Excerpt,)) for key in keys]
    names = [button.entry for button in excerpts if button is not None]
    if message.via_bot is not None and message.via_bot.id == me.id:
        names = [link for key in keys if (link := (key.url or "").rpartition("?start=")[2])]
    found = (find_entry(knowledge, name) for name in names)
    return tuple(entry.key for entry in found if entry is not None)


async def about(context: Context, message: Message) -> About | None:
    """Return the answer that `message` replies to, as the matching needs it; None where it replies to none."""
    replied_to = target(message)
    if replied_to is None:
        return None
    given = await context.services.sent_answers.about_message(replied_to.chat, replied_to.message_id)
    if given is None or given.status is None:
        keys = named_by_buttons(message.reply_to_message, context.assistant.knowledge, context.me)
        return About(keys, quoted=replied_to.quoted) if keys else None
    if given.status == "smalltalk":
        return None
    is_offer = given.status != "answered"
    # What somebody asked stays in its chat.
    asked = await _asked(context, given.exchange) if is_offer and replied_to.chat == message.chat.id else ""
    return About(given.entries, is_offer, asked, replied_to.quoted)


async def _asked(context: Context, exchange: int | None) -> str:
    """Return what was asked in an exchange; nothing where it is forgotten, or can't be looked up."""
    if exchange is None:
        return ""
    try:
        found = await history.find(context.services.database, exchange)
    except StorageError as error:
        LOG.debug("A question couldn't be looked up: %s", error)
        return ""
    return found.question if found is not None else ""
