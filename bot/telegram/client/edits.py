"""Editing and deleting messages that the bot has sent."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence
from functools import partial

from telegram import Bot, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated

from bot.telegram.client.bot_client import BotClient
from bot.telegram.client.destination import Destination, reply_target
from bot.telegram.client.message_split import split_messages
from bot.telegram.client.messages import NO_PREVIEW, send, send_one
from bot.telegram.client.sender import current_sender, with_retries

_NOT_EDITABLE = ("message to edit not found", "can't be edited", "message_id_invalid", "message_edit_time_expired")
"""Telegram's words where a message is gone, or too old to be edited."""
_NOT_MODIFIED = re.compile("not[ _]modified")
"""Telegram's words where the message shows the same already."""
_NOT_DELETABLE = "can't be deleted"
_ALREADY_DELETED = "message to delete not found"


async def edit(
    bot: BotClient, message: MaybeInaccessibleMessage, paragraphs: Sequence[str], keyboard: InlineKeyboardMarkup | None
) -> list[int]:
    """Replace the content of one of the bot's messages; reply to it where the new content doesn't fit, or it is gone.

    Returns the ids of the messages that show the content.
    """
    parts = split_messages(paragraphs)
    if len(parts) == 1 and await _edit_one(bot, message.chat.id, message.message_id, parts[0], keyboard):
        return [message.message_id]
    return await send(bot, reply_target(message), paragraphs, keyboard)


async def rewrite(
    bot: BotClient,
    destination: Destination,
    old: Sequence[int],
    paragraphs: Sequence[str],
    keyboard: InlineKeyboardMarkup | None,
) -> list[int]:
    """Replace the content of an answer that consists of the messages `old`; sends and deletes messages where needed.

    Returns the ids of the messages that it consists of afterwards.
    """
    parts = split_messages(paragraphs)
    new = []
    for number, part in enumerate(parts):
        below = keyboard if number == len(parts) - 1 else None
        if number < len(old) and await _edit_one(bot, destination.chat, old[number], part, below):
            new.append(old[number])
        else:
            new.append(await send_one(bot, destination, part, below))
    for surplus in old[len(parts) :]:
        await delete(bot, destination.chat, surplus)
    return new


async def delete(bot: Bot, chat: int, message: int) -> bool:
    """Delete one of the bot's messages; False where Telegram refuses, as it does two days after it was sent."""
    try:
        await with_retries(partial(bot.delete_message, chat, message))
    except ChatMigrated:
        return False
    except BadRequest as error:
        reason = error.message.lower()
        if _NOT_DELETABLE in reason:
            return False
        if _ALREADY_DELETED not in reason:
            raise
    return True


async def _edit_one(bot: Bot, chat: int, message: int, markup: str, keyboard: InlineKeyboardMarkup | None) -> bool:
    """Edit one message; False where it is gone or can't be edited any more."""

    def call(text: str, parse_mode: ParseMode | None) -> Awaitable[Message | bool]:
        return bot.edit_message_text(
            text,
            chat_id=chat,
            message_id=message,
            parse_mode=parse_mode,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )

    try:
        await current_sender().request_with_markup(call, markup)
    except ChatMigrated:  # the messages of the former group can't be edited
        return False
    except BadRequest as error:
        reason = error.message.lower()
        if any(words in reason for words in _NOT_EDITABLE):
            return False
        if not _NOT_MODIFIED.search(reason):  # a button was tapped twice
            raise
    return True
