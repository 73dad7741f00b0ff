"""Fetches updates by long polling until the bot stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.telegram.client import Backoff, BotClient, OutageLog, RawUpdate, unless_stopped

LOG = logging.getLogger(__name__)

LONG_POLL_TIMEOUT = timedelta(seconds=30)
"""How long Telegram may keep a request open while there are no updates."""
UNSTORED_DELAY_SECONDS = 1.0
"""Time between two requests while nothing can be stored: Telegram returns the same updates again, at once."""
Store = Callable[[Sequence[RawUpdate]], Awaitable[bool]]
"""Stores updates; returns whether they may be confirmed."""


async def poll(bot: BotClient, store: Store, stop: asyncio.Event, allowed_updates: Sequence[str]) -> None:
    """Fetch and store updates; once `stop` is set, confirm those that are stored, and return.

    Updates are confirmed to Telegram only after `store` has returned True, so that none is lost.
    `allowed_updates` are the kinds to ask for. Raises InvalidToken where the token stops being valid.
    """
    offset: int | None = None
    backoff = Backoff(OutageLog(LOG))
    while not stop.is_set():
        try:
            updates = await unless_stopped(stop, bot.raw_updates(offset, LONG_POLL_TIMEOUT, allowed_updates))
        except InvalidToken:
            raise
        except TelegramError as error:
            await unless_stopped(stop, asyncio.sleep(backoff.record_failure(error, _advice(error))))
            continue
        backoff.record_success()
        if updates:
            confirmed = offset
            if await unless_stopped(stop, store(updates)):
                offset = next_offset(offset, [update.update_id for update in updates])
            if offset == confirmed:
                await unless_stopped(stop, asyncio.sleep(UNSTORED_DELAY_SECONDS))
    if offset is not None:
        await _confirm(bot, offset, allowed_updates)


def next_offset(offset: int | None, numbers: Sequence[int | None]) -> int | None:
    """Return the offset that confirms a batch of updates; None where neither the batch nor `offset` says any number.

    `numbers` are the update ids of the batch, None where an update is damaged and has no usable one. Telegram counts
    upwards, so an update without a number counts as the successor of the one before. A number is ignored if it is lower
    than what was asked for, or higher than that of a later update: confirming it could lose the rest.
    """
    following = offset + len(numbers) if offset is not None else None
    lowest = None
    for distance, number in enumerate(reversed(numbers), 1):  # from the end of the batch
        if number is None or (offset is not None and number < offset):
            continue
        if lowest is None or number < lowest:
            lowest = number
            following = max(following or 0, number + distance)
    return following


async def _confirm(bot: BotClient, offset: int, allowed_updates: Sequence[str]) -> None:
    try:
        await bot.raw_updates(offset, timedelta(0), allowed_updates, limit=1)
    except TelegramError as error:
        LOG.warning("The last updates couldn't be confirmed (%s); Telegram may send them again", error)


def _advice(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "another process polls with the same token, or a webhook is set; stop it, this one waits for its turn"
    return f"no updates from Telegram ({error}); it is asked again until it answers"
