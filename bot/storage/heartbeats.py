"""Heartbeats: a sign of life that each replica writes; updates of replicas without one are reclaimed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.database_health import DatabaseHealth
from bot.storage.inbox import Inbox

LOG = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
"""Interval at which a replica writes its heartbeat and reclaims the updates of dead replicas."""


class Heartbeats:
    """Writes this replica's heartbeats, and reclaims what dead replicas had claimed."""

    def __init__(self, database: Database, inbox: Inbox, health: DatabaseHealth, wake: Callable[[], None]) -> None:
        """`wake` is called when updates were reclaimed, so that the inbox is polled."""
        self._database = database
        self._inbox = inbox
        self._health = health
        self._wake = wake

    async def register(self) -> int:
        """Write the first heartbeat; return how many updates were reclaimed. Raises StorageError."""
        return await self._database.write(self._register)

    async def run(self, stopping: asyncio.Event) -> None:
        """Write heartbeats, and reclaim the updates of dead replicas, until `stopping` is set."""
        while not await set_within(stopping, HEARTBEAT_SECONDS):
            try:
                await self._write()
                self._health.recovered(self)
            except StorageError as error:
                self._health.failed(self, error)
            except Exception as error:  # without heartbeats the others would take this replica for dead
                # without its text, which may be private
                LOG.error("Defect: no heartbeat was written: %s", type(error).__name__)  # noqa: TRY400
                LOG.debug("No heartbeat was written", exc_info=error)

    def _register(self, connection: Connection) -> int:
        self._inbox.heartbeat(connection)
        return self._inbox.reclaim(connection)

    async def _write(self) -> None:
        await self._database.write(self._inbox.heartbeat)
        reclaimed = await self._database.write(self._inbox.reclaim)
        if reclaimed:
            LOG.warning("A replica died; the %d updates that it had claimed are reclaimed", reclaimed)
            self._wake()


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait until an event is set, for so many seconds at most; return whether it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
