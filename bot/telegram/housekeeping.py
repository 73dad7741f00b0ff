"""What is kept for a set time goes when that is over."""

from __future__ import annotations

import asyncio
import logging
import time

from bot.errors import StorageError
from bot.storage import history
from bot.telegram.context import Services
from bot.telegram.waiting import unless

LOG = logging.getLogger(__name__)

EVERY = 3600.0
"""Seconds between two rounds."""


async def forget_old(services: Services, over: asyncio.Event) -> None:
    """Delete what was asked too long ago, now and then, until `over` is set."""
    while not over.is_set():
        try:
            gone = await history.expire(services.database, time.time() - services.retention_days * history.DAY)
        except StorageError as error:
            LOG.info("What is too old couldn't be deleted (%s); it is tried again within the hour", error)
        else:
            if gone:
                LOG.info("%d questions are older than %d days and were deleted", gone, services.retention_days)
        await unless(over, asyncio.sleep(EVERY))
