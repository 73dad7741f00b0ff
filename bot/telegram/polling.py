"""Fetching updates by long polling, until told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.telegram.outage import Outage, Told
from bot.telegram.waiting import unless

LOG = logging.getLogger(__name__)

HOLD = timedelta(seconds=30)
"""How long Telegram may keep a request open while there is nothing to tell."""
UNKEPT_WAIT = 1.0
"""Seconds between two requests while nothing can be kept, and so nothing confirmed."""
Take = Callable[[Sequence[Update]], Awaitable[bool]]


async def poll(bot: Bot, take: Take, stop: asyncio.Event, wanted: Sequence[str]) -> None:
    """Give updates to `take` as they come; once `stop` is set, confirm those taken and return.

    Updates are confirmed to Telegram only after `take` has returned True, so that none is lost.
    Raises InvalidToken where the token stops being valid.
    """
    offset: int | None = None
    outage = Outage(Told(LOG))
    while not stop.is_set():
        try:
            updates = await unless(stop, bot.get_updates(offset=offset, timeout=HOLD, allowed_updates=wanted))
        except InvalidToken:
            raise
        except TelegramError as error:
            await unless(stop, asyncio.sleep(outage.failed(error, _advice(error))))
            continue
        outage.over()
        if updates:
            if await unless(stop, take(updates)):
                offset = updates[-1].update_id + 1
            else:
                await unless(stop, asyncio.sleep(UNKEPT_WAIT))
    if offset is not None:
        await _confirm(bot, offset, wanted)


async def _confirm(bot: Bot, offset: int, wanted: Sequence[str]) -> None:
    try:
        await bot.get_updates(offset=offset, timeout=0, limit=1, allowed_updates=wanted)
    except TelegramError as error:
        LOG.warning("The last updates couldn't be confirmed (%s); Telegram may send them again", error)


def _advice(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "another process polls with the same token, or a webhook is set; stop it, this one waits for its turn"
    return f"no updates from Telegram ({error}); it is asked again until it answers"
