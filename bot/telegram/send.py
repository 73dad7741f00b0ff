"""The one place that sends and edits messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import httpx
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, MaybeInaccessibleMessage, Message, ReplyParameters
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.outage import Outage, asked_to_wait
from bot.telegram.split import messages, plain

LOG = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 4
"""How often a request is made in all while Telegram is busy or can't be reached."""
LONGEST_WAIT = 120.0
"""Seconds; where Telegram asks to wait longer, the message is given up."""
TYPING_AFTER = 0.3
"""Seconds without an answer after which the bot is shown typing."""
TYPING_LASTS = 4.5
"""Seconds; Telegram shows it for five."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes."""

    chat: int
    thread: int | None
    """Forum topic; None outside of forums and in their General topic."""
    reply_to: int | None
    """The message that it replies to."""
    silent: bool
    """Whether it makes no sound; so in groups."""


def beside(message: MaybeInaccessibleMessage, reply_to: int | None = None) -> Place:
    """Return the place for a reply to `message`, or to another message of its chat and topic."""
    return Place(
        chat=message.chat.id,
        thread=message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None,
        reply_to=message.message_id if reply_to is None else reply_to,
        silent=message.chat.type != ChatType.PRIVATE,
    )


async def send(
    bot: Bot, place: Place, paragraphs: Iterable[str], keyboard: InlineKeyboardMarkup | None = None
) -> list[Message]:
    """Send paragraphs of markup as one reply, or as several where they are long; the last has the buttons."""
    parts = messages(paragraphs)
    sent = []
    for number, part in enumerate(parts, 1):
        below = keyboard if number == len(parts) else None
        sent.append(await _send_one(bot, place, part, below))
    return sent


async def _send_one(bot: Bot, place: Place, markup: str, keyboard: InlineKeyboardMarkup | None) -> Message:
    def attempt(text: str, parse_mode: ParseMode | None) -> Awaitable[Message]:
        return bot.send_message(
            place.chat,
            text,
            parse_mode=parse_mode,
            message_thread_id=place.thread,
            disable_notification=place.silent,
            link_preview_options=NO_PREVIEW,
            reply_parameters=_reply_parameters(place),
            reply_markup=keyboard,
        )

    return await _plain_if_refused(attempt, markup)


async def edit(
    bot: Bot, message: MaybeInaccessibleMessage, paragraphs: Sequence[str], keyboard: InlineKeyboardMarkup
) -> None:
    """Show other paragraphs in one of our messages; where they don't fit there, or it is gone, send them instead."""
    parts = messages(paragraphs)
    if len(parts) > 1:
        await send(bot, beside(message), paragraphs, keyboard)
        return

    def attempt(text: str, parse_mode: ParseMode | None) -> Awaitable[Message | bool]:
        return bot.edit_message_text(
            text,
            chat_id=message.chat.id,
            message_id=message.message_id,
            parse_mode=parse_mode,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )

    try:
        await _plain_if_refused(attempt, parts[0])
    except BadRequest as error:
        complaint = error.message.lower()
        if "not modified" in complaint:
            return  # two taps on the same button: it shows what was asked for
        if "message to edit not found" not in complaint and "can't be edited" not in complaint:
            raise
        await send(bot, beside(message), paragraphs, keyboard)


async def send_file(bot: Bot, place: Place, name: str, content: str) -> Message:
    """Send a text as a file."""
    return await patiently(
        lambda: bot.send_document(
            place.chat,
            content.encode(),
            filename=name,
            message_thread_id=place.thread,
            disable_notification=place.silent,
            reply_parameters=_reply_parameters(place),
        )
    )


@asynccontextmanager
async def typing(bot: Bot, place: Place, after: float = TYPING_AFTER) -> AsyncIterator[None]:
    """Show the bot typing while the block runs, if it takes longer than `after` seconds."""
    task = asyncio.create_task(_type(bot, place, after))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _type(bot: Bot, place: Place, after: float) -> None:
    await asyncio.sleep(after)
    while True:
        with suppress(TelegramError):  # it is only a courtesy
            await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread)
        await asyncio.sleep(TYPING_LASTS)


def _reply_parameters(place: Place) -> ReplyParameters | None:
    if place.reply_to is None:
        return None
    return ReplyParameters(place.reply_to, allow_sending_without_reply=True)


async def _plain_if_refused(attempt: Callable[[str, ParseMode | None], Awaitable[T]], markup: str) -> T:
    try:
        return await patiently(lambda: attempt(markup, ParseMode.HTML))
    except BadRequest as error:
        if "can't parse entities" not in error.message.lower():
            raise
        complaint = error.message
    LOG.error("Defect: Telegram refused the markup of a message (%s); it goes out as plain text", complaint)
    return await patiently(lambda: attempt(plain(markup), None))


async def patiently(request: Callable[[], Awaitable[T]]) -> T:
    """Make a request again where Telegram was busy or out of reach; the caller's chat waits, the others don't."""
    outage = Outage(LOG)
    for _ in range(ATTEMPTS - 1):
        try:
            result = await request()
        except (RetryAfter, NetworkError) as error:
            if not _worth_another(error):
                raise
            await asyncio.sleep(
                outage.failed(f"a request to Telegram failed ({error}); trying again", asked_to_wait(error))
            )
        else:
            outage.over()
            return result
    return await request()


def _worth_another(error: TelegramError) -> bool:
    """Tell whether the request may be made again without saying a thing twice."""
    if isinstance(error, BadRequest):
        return False
    if isinstance(error, TimedOut):
        return isinstance(error.__cause__, httpx.ConnectTimeout | httpx.PoolTimeout)
    return asked_to_wait(error) <= LONGEST_WAIT
