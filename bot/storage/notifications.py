"""Notifications between replicas that something has changed: PostgreSQL's LISTEN and NOTIFY."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.driver_errors import translate_errors

INBOX, KNOWLEDGE, PHRASINGS = "bot_inbox", "bot_knowledge", "bot_phrasings"
"""Channels: what may have changed."""
_RETRY_SECONDS = 1.0
_PING_SECONDS = 5.0
"""Interval between two checks that the listening connection is alive."""
_POLL_SECONDS = 2.0
"""Interval at which every handler is called where a connection pooler makes listening impossible."""
_NOTIFY = text("SELECT pg_notify(:channel, '')")


def notify(database: Database, connection: Connection, channel: str) -> None:
    """Notify the replicas that listen on a channel once the transaction is committed."""
    if database.shared:
        connection.execute(_NOTIFY, {"channel": channel})


async def listen(database: Database, handlers: Mapping[str, Callable[[], None]]) -> None:
    """React to what other replicas tell, until cancelled; after a gap, to everything that may have been missed.

    Behind a connection pooler nobody can listen, so that everything may have changed every few seconds.
    """
    while database.shared:
        if database.pooled:
            for handler in handlers.values():
                handler()
            await asyncio.sleep(_POLL_SECONDS)
            continue
        with suppress(StorageError):
            await _listen(database, handlers)
        await asyncio.sleep(_RETRY_SECONDS)


async def _listen(database: Database, handlers: Mapping[str, Callable[[], None]]) -> None:
    with translate_errors():
        async with database.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            raw = await connection.get_raw_connection()
            driver = cast("Any", raw.driver_connection)
            for channel in handlers:
                await driver.add_listener(channel, lambda *arguments: handlers[arguments[2]]())
            try:
                for handler in handlers.values():
                    handler()
                while True:
                    await asyncio.sleep(_PING_SECONDS)
                    await connection.execute(text("SELECT 1"))
            finally:
                await connection.invalidate()  # a pooled connection must not go on listening
