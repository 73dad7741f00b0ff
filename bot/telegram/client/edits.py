"""Changing and deleting messages that the bot has sent."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence
from functools import partial

from telegram import Bot, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated

from bot.telegram.client.message_split import split_messages
from bot.telegram.client.messages import (
    NO_PREVIEW,
    Destination,
    plain_if_refused,
    reply_target,
    send,
    send_one,
    with_retries,
)

_GONE = ("message to edit not found", "can't be edited", "message_id_invalid", "message_edit_time_expired")
"""What Telegram says of a message that can't be shown anew."""
_UNCHANGED = re.compile("not[ _]modified")
"""What it says of one that shows it already."""


async def edit(
    bot: Bot, message: MaybeInaccessibleMessage, paragraphs: Sequence[str], keyboard: InlineKeyboardMarkup | None
) -> list[int]:
    """Show other paragraphs in one of our messages; where they don't fit there, or it is gone, send them instead.

    Returns the messages that show them.
    """
    parts = split_messages(paragraphs)
    if len(parts) == 1 and await _edit_one(bot, message.chat.id, message.message_id, parts[0], keyboard):
        return [message.message_id]
    return [one.message_id for one in await send(bot, reply_target(message), paragraphs, keyboard)]


async def rewrite(
    bot: Bot, place: Destination, old: Sequence[int], paragraphs: Sequence[str], keyboard: InlineKeyboardMarkup | None
) -> list[int]:
    """Show other paragraphs in an answer of ours; return the messages that it is made of then."""
    parts = split_messages(paragraphs)
    now = []
    for number, part in enumerate(parts):
        below = keyboard if number == len(parts) - 1 else None
        if number < len(old) and await _edit_one(bot, place.chat, old[number], part, below):
            now.append(old[number])
        else:
            now.append((await send_one(bot, place, part, below)).message_id)
    for surplus in old[len(parts) :]:
        await delete(bot, place.chat, surplus)
    return now


async def delete(bot: Bot, chat: int, message: int) -> bool:
    """Delete one of our messages; False where Telegram doesn't let us, which it does for two days."""
    try:
        await with_retries(partial(bot.delete_message, chat, message))
    except ChatMigrated:
        return False
    except BadRequest as error:
        complaint = error.message.lower()
        if "can't be deleted" in complaint:
            return False
        if "message to delete not found" not in complaint:
            raise
    return True


async def _edit_one(bot: Bot, chat: int, message: int, markup: str, keyboard: InlineKeyboardMarkup | None) -> bool:
    """Rewrite one message; False where it is gone or can't be edited any more."""

    def attempt(text: str, parse_mode: ParseMode | None) -> Awaitable[Message | bool]:
        return bot.edit_message_text(
            text,
            chat_id=chat,
            message_id=message,
            parse_mode=parse_mode,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )

    try:
        await plain_if_refused(attempt, markup)
    except ChatMigrated:  # the messages of the old group stay as they are
        return False
    except BadRequest as error:
        complaint = error.message.lower()
        if any(words in complaint for words in _GONE):
            return False
        if not _UNCHANGED.search(complaint):  # two taps on the same button: it shows what was asked for
            raise
    return True
