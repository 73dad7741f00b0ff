"""Sending messages, files and pictures, and showing that the bot types."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, TelegramError

from bot.telegram.client.bot_client import BotClient
from bot.telegram.client.destination import Destination
from bot.telegram.client.message_split import split_messages
from bot.telegram.client.sender import current_sender

TYPING_DELAY_SECONDS = 0.3
"""Time without an answer after which the bot is shown typing."""
TYPING_REPEAT_SECONDS = 4.5
"""Telegram shows it for five seconds."""
MAX_CAPTION_UTF16 = 1024
"""UTF-16 units that the caption of a picture may show."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NO_PREVIEW = NO_PREVIEW.to_dict()

_PICTURES_FORBIDDEN = re.compile("not enough rights to send photos|chat_send_(photos|media)_forbidden", re.IGNORECASE)
"""Telegram's words where the bot may write, but not send pictures."""


async def send(
    bot: BotClient, destination: Destination, paragraphs: Iterable[str], keyboard: InlineKeyboardMarkup | None = None
) -> list[int]:
    """Send paragraphs of markup as one reply, or as several where they are long; the last has the keyboard.

    Returns the ids of the messages.
    """
    parts = split_messages(paragraphs)
    return [
        await send_one(bot, destination, part, keyboard if number == len(parts) else None)
        for number, part in enumerate(parts, 1)
    ]


async def send_one(
    bot: BotClient, destination: Destination, markup: str, keyboard: InlineKeyboardMarkup | None = None
) -> int:
    """Send markup that fits into one message; return its id."""
    sender = current_sender()

    def call(now: Destination, text: str, parse_mode: ParseMode | None) -> Awaitable[int]:
        message = partial(
            bot.send_text,
            now.chat,
            text,
            keyboard,
            parse_mode=parse_mode,
            message_thread_id=now.thread,
            disable_notification=now.group,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=_reply_json(now),
        )
        return sender.in_send_slot(message)

    return await sender.send_markup(destination, call, markup)


async def send_file(bot: Bot, destination: Destination, name: str, content: str) -> Message:
    """Send a text as a file."""

    def call(now: Destination) -> Awaitable[Message]:
        return bot.send_document(
            now.chat,
            content.encode(),
            filename=name,
            message_thread_id=now.thread,
            disable_notification=now.group,
            reply_parameters=_reply_parameters(now),
        )

    return await current_sender().send(destination, call)


async def send_picture(
    bot: BotClient, destination: Destination, name: str, content: bytes, paragraphs: Sequence[str]
) -> None:
    """Send a picture with paragraphs of markup as its caption, or after it where they are too long for one.

    Where pictures are forbidden, only the paragraphs are sent.
    """
    first, *more = split_messages(paragraphs, MAX_CAPTION_UTF16)
    caption = "" if more else first
    try:
        await _send_photo(bot, destination, name, content, caption)
        shown = not more
    except BadRequest as error:
        if _PICTURES_FORBIDDEN.search(error.message) is None:
            raise
        shown = False
    if not shown:
        await send(bot, destination, paragraphs)


async def _send_photo(bot: Bot, destination: Destination, name: str, content: bytes, caption: str) -> Message:
    def call(now: Destination, text: str, parse_mode: ParseMode | None) -> Awaitable[Message]:
        return bot.send_photo(
            now.chat,
            content,
            caption=text or None,
            parse_mode=parse_mode,
            filename=name,
            message_thread_id=now.thread,
            disable_notification=now.group,
            reply_parameters=_reply_parameters(now),
        )

    return await current_sender().send_markup(destination, call, caption)


def _reply_parameters(destination: Destination) -> ReplyParameters | None:
    parameters = _reply_json(destination)
    return ReplyParameters.de_json(parameters) if parameters is not None else None


def _reply_json(destination: Destination) -> dict[str, object] | None:
    """Return what a message replies to, as Telegram reads it."""
    if destination.reply_to is None:
        return None
    return {"message_id": destination.reply_to, "allow_sending_without_reply": not destination.only_as_reply}


@asynccontextmanager
async def typing(bot: Bot, destination: Destination, after: float = TYPING_DELAY_SECONDS) -> AsyncIterator[None]:
    """Show the bot typing while the block runs, if it takes longer than `after` seconds."""
    tasks: list[asyncio.Task[None]] = []  # at most one; most blocks end before it is started
    timer = asyncio.get_running_loop().call_later(
        after, lambda: tasks.append(asyncio.create_task(_show_typing(bot, destination)))
    )
    try:
        yield
    finally:
        timer.cancel()
        for task in tasks:
            task.cancel()


async def _show_typing(bot: Bot, destination: Destination) -> None:
    while True:
        with suppress(TelegramError):  # it is only a courtesy
            await bot.send_chat_action(destination.chat, ChatAction.TYPING, message_thread_id=destination.thread)
        await asyncio.sleep(TYPING_REPEAT_SECONDS)
