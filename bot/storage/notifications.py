"""Listens for other replicas' notifications that something has changed, which `dialects.notify` sends (PostgreSQL)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import text

from bot.errors import StorageError
from bot.storage.database import Database

INBOX, KNOWLEDGE, PHRASINGS = "bot_inbox", "bot_knowledge", "bot_phrasings"
"""Channels: what may have changed."""
_RETRY_SECONDS = 1.0
_PING = text("SELECT 1")
_PING_SECONDS = 5.0
"""Interval between two checks that the listening connection is alive."""
_POLL_SECONDS = 2.0
"""Interval at which every handler is called where a connection pooler makes listening impossible."""


async def listen(database: Database, handlers: Mapping[str, Callable[[], None]]) -> None:
    """Call a channel's handler whenever another replica notifies it, until cancelled.

    After each interruption all handlers are called, for notifications may have been missed. Behind a connection pooler,
    where nobody can listen, they are all called every `_POLL_SECONDS`.
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
    with database.translate_errors():
        connection = await database.connect()
        try:
            driver = cast("Any", (await connection.get_raw_connection()).driver_connection)
            for channel in handlers:
                await driver.add_listener(channel, lambda *arguments: handlers[arguments[2]]())
            for handler in handlers.values():
                handler()
            while True:
                await asyncio.sleep(_PING_SECONDS)
                await connection.execute(_PING)
        finally:
            await connection.invalidate()  # a pooled connection must not go on listening
            await connection.close()
