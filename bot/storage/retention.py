"""What is old is forgotten, and its room given back."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from sqlalchemy import delete, func, select, text

from bot.errors import StorageError
from bot.storage.clock_jump import ClockJumpDetector
from bot.storage.database import Database
from bot.storage.schema import ANSWERS, CONVERSATIONS, DONE, HISTORY, INBOX, KNOWLEDGE, LIMITS

LOG = logging.getLogger(__name__)

EVERY = 3600.0
"""Seconds between two rounds."""
LOOK = 1.0
"""Seconds between two looks at the clock."""
CLOCK_JUMP_SECONDS = 60.0
"""Seconds by which a clock that is merely inexact is never set."""
HOUR, DAY = 3600.0, 86_400.0
REDELIVERED = 2 * DAY
"""Seconds that the number of a handled update is known; Telegram delivers again for one day."""


async def tidy(database: Database, retention: int, now: float) -> None:
    """Forget what is older than it is needed, and everything older than `retention` days; raises StorageError."""
    oldest = now - retention * DAY
    newest = select(func.max(KNOWLEDGE.c.number)).scalar_subquery()
    async with database.begin() as connection:
        for forgotten in (
            delete(INBOX).where(INBOX.c.state == DONE, INBOX.c.ended_at < max(oldest, now - REDELIVERED)),
            delete(INBOX).where(INBOX.c.ended_at < oldest),
            delete(HISTORY).where(HISTORY.c.at < oldest),
            delete(ANSWERS).where(ANSWERS.c.at < oldest),
            delete(CONVERSATIONS).where(CONVERSATIONS.c.at < now - HOUR),
            delete(LIMITS).where(LIMITS.c.at < now - HOUR),
            delete(KNOWLEDGE).where(KNOWLEDGE.c.stored_at < oldest, KNOWLEDGE.c.number != newest),
        ):
            await connection.execute(forgotten)
    if not database.shared:  # PostgreSQL does it by itself
        async with database.begin() as connection:
            await connection.execute(text("PRAGMA incremental_vacuum"))


async def run_retention(database: Database, retention: int, over: asyncio.Event) -> None:
    """Tidy up now and every hour, until `over` is set; but not in the hour after the clock was set anew."""
    drift, due = ClockJumpDetector(), time.monotonic()
    while not over.is_set():
        if abs(jump := drift.look()) >= CLOCK_JUMP_SECONDS:
            LOG.warning("The clock jumped by %+.0f seconds; what is old is forgotten in an hour, check the clock", jump)
            due = time.monotonic() + EVERY
        if time.monotonic() >= due:
            due += EVERY
            with suppress(StorageError):  # the clerk tells it, and in an hour there is another chance
                await tidy(database, retention, time.time())
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await over.wait()
