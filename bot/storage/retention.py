"""Retention: deletes what is older than the retention time, and gives the space back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, delete, func, select

from bot.answers.conversation import CONVERSATION_SECONDS
from bot.errors import StorageError
from bot.storage import dialects
from bot.storage.database import Database
from bot.storage.schema import ANSWERS, CONVERSATIONS, DONE, HISTORY, INBOX, KNOWLEDGE, LIMITS

LOG = logging.getLogger(__name__)

INTERVAL_SECONDS = 3600.0
"""Interval between two deletions."""
CLOCK_CHECK_SECONDS = 1.0
"""Interval between two checks of the clock."""
CLOCK_JUMP_SECONDS = 60.0
"""Smallest change of the clock that counts as a jump; the usual corrections are far smaller."""
DAY_SECONDS = 86_400.0
LIMITS_SECONDS = 3600.0
"""How long rate limits stay stored; an empty bucket is full again after a minute."""
REDELIVERY_SECONDS = 2 * DAY_SECONDS
"""How long the ids of handled updates stay stored to detect redeliveries; Telegram redelivers for one day."""


class ClockJumpDetector:
    """Detects that the system clock was set, by comparing it with a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        """`clock` is the one that may be set, `steady` a monotonic one; both return seconds."""
        self._clock = clock
        self._steady = steady
        self._difference = clock() - steady()

    def jump_seconds(self) -> float:
        """Return by how many seconds the clock was set since the last call: positive forward, negative back."""
        before, self._difference = self._difference, self._clock() - self._steady()
        return self._difference - before


async def delete_expired(database: Database, retention_days: int, now: float) -> None:
    """Delete what is no longer needed, and everything older than `retention_days`; raises StorageError.

    `now` is in seconds since 1970. Waiting updates and the newest knowledge are never deleted.
    """
    oldest = now - retention_days * DAY_SECONDS
    newest = select(func.max(KNOWLEDGE.c.number)).scalar_subquery()

    def delete_rows(connection: Connection) -> None:
        for deletion in (
            delete(INBOX).where(INBOX.c.state == DONE, INBOX.c.ended_at < max(oldest, now - REDELIVERY_SECONDS)),
            delete(INBOX).where(INBOX.c.ended_at < oldest),
            delete(HISTORY).where(HISTORY.c.at < oldest),
            delete(ANSWERS).where(ANSWERS.c.at < oldest),
            delete(CONVERSATIONS).where(CONVERSATIONS.c.at < now - CONVERSATION_SECONDS),
            delete(LIMITS).where(LIMITS.c.at < now - LIMITS_SECONDS),
            delete(KNOWLEDGE).where(KNOWLEDGE.c.stored_at < oldest, KNOWLEDGE.c.number != newest),
        ):
            connection.execute(deletion)

    await database.write(delete_rows)
    await database.write(dialects.give_back_space)


async def run_retention(database: Database, retention_days: int, stop: asyncio.Event) -> None:
    """Delete now and every hour until `stop` is set; after a clock jump, which may be a mistake, not for an hour."""
    clock, due = ClockJumpDetector(), time.monotonic()
    while not stop.is_set():
        if abs(jump := clock.jump_seconds()) >= CLOCK_JUMP_SECONDS:
            LOG.warning("The clock jumped by %+.0f seconds; expiry is postponed by an hour, check the clock", jump)
            due = time.monotonic() + INTERVAL_SECONDS
        if time.monotonic() >= due:
            due += INTERVAL_SECONDS
            with suppress(StorageError):  # reported by DatabaseHealth; tried again in an hour
                await delete_expired(database, retention_days, time.time())
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOCK_CHECK_SECONDS):
                await stop.wait()
