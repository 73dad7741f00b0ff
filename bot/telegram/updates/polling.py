"""Fetching updates by long polling, until told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.telegram.client import Backoff, BotClient, OutageLog, RawUpdate, unless_stopped

LOG = logging.getLogger(__name__)

LONG_POLL_TIMEOUT = timedelta(seconds=30)
"""How long Telegram may keep a request open while there is nothing to tell."""
UNSTORED_WAIT_SECONDS = 1.0
"""Seconds between two requests while nothing can be kept, and so nothing confirmed."""
Take = Callable[[Sequence[RawUpdate]], Awaitable[bool]]


async def poll(bot: BotClient, take: Take, stop: asyncio.Event, wanted: Sequence[str]) -> None:
    """Give updates to `take` as they come; once `stop` is set, confirm those taken and return.

    Updates are confirmed to Telegram only after `take` has returned True, so that none is lost.
    Raises InvalidToken where the token stops being valid.
    """
    offset: int | None = None
    backoff = Backoff(OutageLog(LOG))
    while not stop.is_set():
        try:
            updates = await unless_stopped(stop, bot.raw_updates(offset, LONG_POLL_TIMEOUT, wanted))
        except InvalidToken:
            raise
        except TelegramError as error:
            await unless_stopped(stop, asyncio.sleep(backoff.record_failure(error, _advice(error))))
            continue
        backoff.record_success()
        if updates:
            confirmed = offset
            if await unless_stopped(stop, take(updates)):
                offset = next_offset(offset, [update.update_id for update in updates])
            if offset == confirmed:  # the same would come again, at once
                await unless_stopped(stop, asyncio.sleep(UNSTORED_WAIT_SECONDS))
    if offset is not None:
        await _confirm(bot, offset, wanted)


def next_offset(offset: int | None, numbers: Sequence[int | None]) -> int | None:
    """Return what confirms a batch of updates; None where none of them says its number and none came before.

    Telegram numbers updates upwards. So those without a number count as the ones that follow, and a number is not
    believed that is lower than what was asked for, or higher than one behind it: confirming it could lose the rest.
    """
    following = offset + len(numbers) if offset is not None else None
    lowest = None
    for behind, number in enumerate(reversed(numbers), 1):
        if number is None or (offset is not None and number < offset):
            continue
        if lowest is None or number < lowest:
            lowest = number
            following = max(following or 0, number + behind)
    return following


async def _confirm(bot: BotClient, offset: int, wanted: Sequence[str]) -> None:
    try:
        await bot.raw_updates(offset, timedelta(0), wanted, limit=1)
    except TelegramError as error:
        LOG.warning("The last updates couldn't be confirmed (%s); Telegram may send them again", error)


def _advice(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "another process polls with the same token, or a webhook is set; stop it, this one waits for its turn"
    return f"no updates from Telegram ({error}); it is asked again until it answers"
