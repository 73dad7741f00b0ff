"""The policy by which requests reach Telegram; all that handlers send, edit, delete or look up goes through it.

`messages`, `edits` and `callback_answers` say which request to make; `http_client` makes one request and raises what
went wrong. What happens in between is decided here: which update may send next, what is tried again and after which
delay, what becomes of refused markup, and where to send when a group or a topic has moved.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import replace
from typing import TypeVar

from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.client.backoff import Backoff
from bot.telegram.client.destination import Destination
from bot.telegram.client.http_client import may_have_arrived
from bot.telegram.client.message_split import plain_text
from bot.telegram.client.outage_log import OutageLog, is_network_failure
from bot.telegram.client.slots import SendSlot, WorkSlot

LOG = logging.getLogger(__name__)
T = TypeVar("T")

MAX_ATTEMPTS = 4
"""How often a request is made while Telegram can't be reached; flood waits don't count."""
_MARKUP_REFUSED = "can't parse entities"
_TOPIC_NOT_FOUND = "message thread not found"
"""Telegram's words where a topic was deleted, or topics were switched off."""


class Sender:
    """Makes the requests of one update, or of one background task.

    From the outside in: follow the destination, fall back to plain text, repeat after a delay, wait for the send slot.
    """

    def __init__(
        self, send_slot: SendSlot | None = None, work_slot: WorkSlot | None = None, outages: OutageLog | None = None
    ) -> None:
        """Without slots, requests wait for no others; `outages` may be shared with other senders."""
        self._send_slot = send_slot
        self._work_slot = work_slot
        self._outages = outages or OutageLog(LOG)

    async def request(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a request, again after a delay where Telegram was busy or out of reach; raises TelegramError.

        A flood wait is waited for, however long and however often. What may have arrived isn't repeated.
        """
        backoff, attempts = Backoff(self._outages), 1
        while True:
            try:
                result = await call()
            except (RetryAfter, NetworkError) as error:
                if isinstance(error, NetworkError):
                    if attempts == MAX_ATTEMPTS or not _may_be_repeated(error):
                        raise
                    attempts += 1
                await self._wait(backoff.record_failure(error, f"a request to Telegram failed ({error}); trying again"))
            else:
                backoff.record_success()
                return result

    async def request_with_markup(self, call: Callable[[str, ParseMode | None], Awaitable[T]], markup: str) -> T:
        """Make a request that shows HTML `markup`; where Telegram refuses the markup, show it as plain text."""
        try:
            return await self.request(lambda: call(markup, ParseMode.HTML))
        except BadRequest as error:
            if _MARKUP_REFUSED not in error.message.lower():
                raise
            LOG.error("Defect: Telegram refused the markup of a message (%s); it goes out as plain text", error.message)  # noqa: TRY400
        return await self.request(lambda: call(plain_text(markup), None))

    async def send(self, destination: Destination, call: Callable[[Destination], Awaitable[T]]) -> T:
        """Make a request that sends something, to wherever the destination is by then."""
        return await _follow(destination, lambda now: self.request(lambda: call(now)))

    async def send_markup(
        self, destination: Destination, call: Callable[[Destination, str, ParseMode | None], Awaitable[T]], markup: str
    ) -> T:
        """Make a request that sends HTML `markup`, to wherever the destination is by then."""
        return await _follow(
            destination, lambda now: self.request_with_markup(lambda text, mode: call(now, text, mode), markup)
        )

    async def in_send_slot(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a request when it is the update's turn to send; a failure lets other updates send meanwhile."""
        if self._send_slot is None:
            return await call()
        await self._send_slot.acquire()
        try:
            return await call()
        except TelegramError:
            self._send_slot.release()
            raise

    async def _wait(self, seconds: float) -> None:
        """Wait, and let other updates have the work slot meanwhile."""
        async with self._work_slot.given_back() if self._work_slot is not None else nullcontext():
            await asyncio.sleep(seconds)


CURRENT_SENDER: ContextVar[Sender | None] = ContextVar("sender", default=None)
"""The sender of the update that the running task handles.

A context variable, because all updates share one bot object, and nothing else reaches every request: neither `Bot`
nor the library's objects (`query.answer`) know which update they are used for. Tasks that a handler starts inherit it.
"""


def current_sender() -> Sender:
    """Return the sender of the update that is being handled; outside of updates, one that waits for no others."""
    return CURRENT_SENDER.get() or Sender()


async def with_retries(call: Callable[[], Awaitable[T]]) -> T:
    """Make a request, again after a delay where Telegram was busy or out of reach (see `Sender.request`)."""
    return await current_sender().request(call)


async def _follow(destination: Destination, send_to: Callable[[Destination], Awaitable[T]]) -> T:
    """Send to a destination, or to what it has become: a supergroup, or a group without topics.

    Messages of a group can't be replied to once it is a supergroup. A question that was deleted together with its topic
    isn't answered outside of it.
    """
    try:
        return await send_to(destination)
    except ChatMigrated as moved:
        return await send_to(replace(destination, chat=moved.new_chat_id, thread=None, reply_to=None))
    except BadRequest as error:
        in_topic = destination.thread is not None and destination.reply_to is not None
        if not in_topic or _TOPIC_NOT_FOUND not in error.message.lower():
            raise
        try:
            return await send_to(replace(destination, thread=None, only_as_reply=True))
        except BadRequest:
            raise error from None


def _may_be_repeated(error: NetworkError) -> bool:
    """Check that Telegram can't have acted on the request already, and may act on it at another attempt."""
    return is_network_failure(error) and not (isinstance(error, TimedOut) and may_have_arrived(error))
