"""What is old is deletion, and its room given back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import delete, func, select, text

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.schema import ANSWERS, CONVERSATIONS, DONE, HISTORY, INBOX, KNOWLEDGE, LIMITS

LOG = logging.getLogger(__name__)

INTERVAL_SECONDS = 3600.0
"""Seconds between two rounds."""
CLOCK_CHECK_SECONDS = 1.0
"""Seconds between two looks at the clock."""
CLOCK_JUMP_SECONDS = 60.0
"""Seconds by which a clock that is merely inexact is never set."""
HOUR_SECONDS, DAY_SECONDS = 3600.0, 86_400.0
REDELIVERY_SECONDS = 2 * DAY_SECONDS
"""Seconds that the number of a handled update is known; Telegram delivers again for one day."""


class ClockJumpDetector:
    """Tells how far the clock was set since somebody last looked."""

    def __init__(self, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        """`clock` may be set, `steady` never is; both give seconds."""
        self._clock = clock
        self._steady = steady
        self._apart = clock() - steady()

    def jump_seconds(self) -> float:
        """Return the seconds by which the clock was set: forward above 0, back below."""
        before, self._apart = self._apart, self._clock() - self._steady()
        return self._apart - before


async def delete_expired(database: Database, retention: int, now: float) -> None:
    """Forget what is older than it is needed, and everything older than `retention` days; raises StorageError."""
    oldest = now - retention * DAY_SECONDS
    newest = select(func.max(KNOWLEDGE.c.number)).scalar_subquery()
    async with database.begin() as connection:
        for deletion in (
            delete(INBOX).where(INBOX.c.state == DONE, INBOX.c.ended_at < max(oldest, now - REDELIVERY_SECONDS)),
            delete(INBOX).where(INBOX.c.ended_at < oldest),
            delete(HISTORY).where(HISTORY.c.at < oldest),
            delete(ANSWERS).where(ANSWERS.c.at < oldest),
            delete(CONVERSATIONS).where(CONVERSATIONS.c.at < now - HOUR_SECONDS),
            delete(LIMITS).where(LIMITS.c.at < now - HOUR_SECONDS),
            delete(KNOWLEDGE).where(KNOWLEDGE.c.stored_at < oldest, KNOWLEDGE.c.number != newest),
        ):
            await connection.execute(deletion)
    if not database.shared:  # PostgreSQL does it by itself
        async with database.begin() as connection:
            await connection.execute(text("PRAGMA incremental_vacuum"))


async def run_retention(database: Database, retention: int, stop: asyncio.Event) -> None:
    """Tidy up now and every hour, until `stop` is set; but not in the hour after the clock was set anew."""
    drift, due = ClockJumpDetector(), time.monotonic()
    while not stop.is_set():
        if abs(jump := drift.jump_seconds()) >= CLOCK_JUMP_SECONDS:
            LOG.warning("The clock jumped by %+.0f seconds; what is old is deletion in an hour, check the clock", jump)
            due = time.monotonic() + INTERVAL_SECONDS
        if time.monotonic() >= due:
            due += INTERVAL_SECONDS
            with suppress(StorageError):  # the clerk tells it, and in an hour there is another chance
                await delete_expired(database, retention, time.time())
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOCK_CHECK_SECONDS):
                await stop.wait()
