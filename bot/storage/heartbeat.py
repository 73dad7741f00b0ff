"""Heartbeats of a replica, and the reclaiming of updates that dead replicas had claimed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.database_health import DatabaseHealth
from bot.storage.inbox import Inbox

LOG = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
"""Seconds between two heartbeats, and between two looks for updates that dead replicas had claimed."""


async def send_heartbeats(
    database: Database, inbox: Inbox, health: DatabaseHealth, wake: Callable[[], None], stopping: asyncio.Event
) -> None:
    """Send a heartbeat every two seconds until `stopping` is set; call `wake` after updates were reclaimed."""
    while not stopping.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await stopping.wait()
                return
        try:
            await database.run(inbox.heartbeat)
            reclaimed = await database.run(inbox.reclaim)
            health.recovered(send_heartbeats)
        except StorageError as error:
            health.failed(send_heartbeats, error)
        except Exception as error:  # a replica that falls silent is held to be dead
            LOG.error("Defect: no heartbeat was sent: %s", type(error).__name__)  # noqa: TRY400  # as above
            LOG.debug("No heartbeat was sent", exc_info=error)
        else:
            if reclaimed:
                LOG.warning("A replica died; the %d updates that it had claimed are reclaimed", reclaimed)
                wake()
