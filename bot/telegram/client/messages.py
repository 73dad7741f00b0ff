"""Sending messages, patiently."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, MaybeInaccessibleMessage, Message, ReplyParameters
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.client.http_client import was_sent
from bot.telegram.client.message_split import plain, split_messages
from bot.telegram.client.outage_log import Backoff, OutageLog
from bot.telegram.client.slots import CURRENT_SEND_SLOT
from bot.telegram.client.work_slot import rest

LOG = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 4
"""How often a request is made in all while Telegram can't be reached."""
TYPING_AFTER = 0.3
"""Seconds without an answer after which the bot is shown typing."""
TYPING_LASTS = 4.5
"""Seconds; Telegram shows it for five."""

NO_PICTURES = re.compile("not enough rights to send photos|chat_send_(photos|media)_forbidden", re.IGNORECASE)
"""What Telegram says where the bot may write, but not send pictures."""
GENERAL_TOPIC = 1
"""The number of a forum's General topic, which Telegram may give to a message there but takes with none."""
NO_TOPIC = "message thread not found"
"""What Telegram says where the topic is gone, or topics were switched off."""
MAX_CAPTION_UTF16 = 1024
"""UTF-16 units that the text below a picture may show."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes."""

    chat: int
    """Id of the chat."""
    thread: int | None
    """Forum topic; None outside of forums and in their General topic."""
    reply_to: int | None
    """The message that it replies to."""
    group: bool
    """Whether others read it too; such a message makes no sound."""
    asker: int | None = None
    """Id of whom it answers: a user, or the chat in whose name somebody writes."""
    only_as_reply: bool = False
    """Whether it is sent only while the message that it replies to still stands."""


def reply_target(
    message: MaybeInaccessibleMessage, reply_to: int | None = None, asker: int | None = None
) -> Destination:
    """Return the destination of a reply to `message`, or to another message of its chat and topic.

    Who asks is whoever wrote `message`, unless `asker` says otherwise.
    """
    return Destination(
        chat=message.chat.id,
        thread=topic_of(message),
        reply_to=message.message_id if reply_to is None else reply_to,
        group=message.chat.type != ChatType.PRIVATE,
        asker=_writer(message) if asker is None else asker,
    )


def topic_of(message: MaybeInaccessibleMessage) -> int | None:
    """Return the forum topic of a message; None outside of forums and in General, whose number Telegram refuses.

    Replies outside of topics have a `message_thread_id` too, which is that of a thread of replies.
    """
    if not isinstance(message, Message) or not message.is_topic_message or message.message_thread_id == GENERAL_TOPIC:
        return None
    return message.message_thread_id


def _writer(message: MaybeInaccessibleMessage) -> int | None:
    if not isinstance(message, Message):
        return None
    writer = message.sender_chat or message.from_user
    return writer.id if writer else None


async def send(
    bot: Bot, destination: Destination, paragraphs: Iterable[str], keyboard: InlineKeyboardMarkup | None = None
) -> list[Message]:
    """Send paragraphs of markup as one reply, or as several where they are long; the last has the buttons."""
    parts = split_messages(paragraphs)
    sent = []
    for number, part in enumerate(parts, 1):
        below = keyboard if number == len(parts) else None
        sent.append(await send_one(bot, destination, part, below))
    return sent


async def send_one(
    bot: Bot, destination: Destination, markup: str, keyboard: InlineKeyboardMarkup | None = None
) -> Message:
    """Send markup that fits into one message."""
    return await _where_it_is_now(destination, lambda now: _send_to(bot, now, markup, keyboard))


async def _where_it_is_now(destination: Destination, attempt: Callable[[Destination], Awaitable[T]]) -> T:
    """Send something to a destination; where the group was upgraded or its topics were switched off, to what it is now.

    The messages of a group can't be replied to once it is a supergroup. A question that was deleted together with its
    topic isn't answered anywhere else.
    """
    try:
        return await attempt(destination)
    except ChatMigrated as moved:
        return await attempt(replace(destination, chat=moved.new_chat_id, thread=None, reply_to=None))
    except BadRequest as error:
        if destination.thread is None or destination.reply_to is None or NO_TOPIC not in error.message.lower():
            raise
        try:
            return await attempt(replace(destination, thread=None, only_as_reply=True))
        except BadRequest:
            raise error from None


async def _send_to(bot: Bot, destination: Destination, markup: str, keyboard: InlineKeyboardMarkup | None) -> Message:
    def attempt(text: str, parse_mode: ParseMode | None) -> Awaitable[Message]:
        return bot.send_message(
            destination.chat,
            text,
            parse_mode=parse_mode,
            message_thread_id=destination.thread,
            disable_notification=destination.group,
            link_preview_options=NO_PREVIEW,
            reply_parameters=_reply_parameters(destination),
            reply_markup=keyboard,
        )

    return await plain_if_refused(attempt, markup)


async def send_file(bot: Bot, destination: Destination, name: str, content: str) -> Message:
    """Send a text as a file."""

    def attempt(now: Destination) -> Awaitable[Message]:
        return with_retries(
            lambda: bot.send_document(
                now.chat,
                content.encode(),
                filename=name,
                message_thread_id=now.thread,
                disable_notification=now.group,
                reply_parameters=_reply_parameters(now),
            )
        )

    return await _where_it_is_now(destination, attempt)


async def send_picture(
    bot: Bot, destination: Destination, name: str, content: bytes, paragraphs: Sequence[str]
) -> None:
    """Send a picture with paragraphs of markup below it, or behind it where they don't fit there.

    Where pictures are forbidden, the paragraphs go out alone.
    """
    below, *more = split_messages(paragraphs, MAX_CAPTION_UTF16)
    caption = "" if more else below
    try:
        await _where_it_is_now(destination, lambda now: _send_photo(bot, now, name, content, caption))
        shown = not more
    except BadRequest as error:
        if NO_PICTURES.search(error.message) is None:
            raise
        shown = False
    if not shown:
        await send(bot, destination, paragraphs)


async def _send_photo(bot: Bot, destination: Destination, name: str, content: bytes, caption: str) -> Message:
    def attempt(text: str, parse_mode: ParseMode | None) -> Awaitable[Message]:
        return bot.send_photo(
            destination.chat,
            content,
            caption=text or None,
            parse_mode=parse_mode,
            filename=name,
            message_thread_id=destination.thread,
            disable_notification=destination.group,
            reply_parameters=_reply_parameters(destination),
        )

    return await plain_if_refused(attempt, caption)


@asynccontextmanager
async def typing(bot: Bot, destination: Destination, after: float = TYPING_AFTER) -> AsyncIterator[None]:
    """Show the bot typing while the block runs, if it takes longer than `after` seconds."""
    tasks: list[asyncio.Task[None]] = []
    timer = asyncio.get_running_loop().call_later(
        after, lambda: tasks.append(asyncio.create_task(_type(bot, destination)))
    )
    try:
        yield
    finally:
        timer.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _type(bot: Bot, destination: Destination) -> None:
    while True:
        with suppress(TelegramError):  # it is only a courtesy
            await bot.send_chat_action(destination.chat, ChatAction.TYPING, message_thread_id=destination.thread)
        await asyncio.sleep(TYPING_LASTS)


def _reply_parameters(destination: Destination) -> ReplyParameters | None:
    if destination.reply_to is None:
        return None
    return ReplyParameters(destination.reply_to, allow_sending_without_reply=not destination.only_as_reply)


async def plain_if_refused(attempt: Callable[[str, ParseMode | None], Awaitable[T]], markup: str) -> T:
    """Make a request with markup, and without where Telegram refuses the markup."""
    try:
        return await with_retries(lambda: attempt(markup, ParseMode.HTML))
    except BadRequest as error:
        if "can't parse entities" not in error.message.lower():
            raise
        complaint = error.message
    LOG.error("Defect: Telegram refused the markup of a message (%s); it goes out as plain text", complaint)
    return await with_retries(lambda: attempt(plain(markup), None))


async def with_retries(request: Callable[[], Awaitable[T]]) -> T:
    """Make a request again where Telegram was busy or out of reach; the caller's chat waits, the others don't.

    Where Telegram says how long to wait, that is waited for, however long and however often.
    """
    slot = CURRENT_SEND_SLOT.get()
    backoff, attempts = Backoff(slot.limiter.outages if slot is not None else OutageLog(LOG)), 1
    while True:
        try:
            result = await request()
        except (RetryAfter, NetworkError) as error:
            if isinstance(error, NetworkError):
                if attempts == ATTEMPTS or not _worth_another(error):
                    raise
                attempts += 1
            await rest(backoff.record_failure(error, f"a request to Telegram failed ({error}); trying again"))
        else:
            backoff.record_success()
            return result


def _worth_another(error: NetworkError) -> bool:
    """Tell whether the request may be made again without saying a thing twice."""
    if isinstance(error, BadRequest):
        return False
    return not isinstance(error, TimedOut) or not was_sent(error)
