"""How replicas tell each other that something has changed: PostgreSQL's LISTEN and NOTIFY."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.driver_errors import translated

INBOX, KNOWLEDGE, PHRASINGS = "bot_inbox", "bot_knowledge", "bot_phrasings"
"""What may have changed."""
_RETRY = 1.0
_PING = 5.0
"""Seconds between two looks whether the connection still stands."""
_LOOK = 2.0
"""Seconds between two looks for changes where nobody can tell of them."""
_NOTIFY = text("SELECT pg_notify(:channel, '')")


def tell(database: Database, connection: Connection, channel: str) -> None:
    """Tell the other replicas, once the transaction is committed."""
    if database.shared:
        connection.execute(_NOTIFY, {"channel": channel})


async def listen(database: Database, reactions: Mapping[str, Callable[[], None]]) -> None:
    """React to what other replicas tell, until cancelled; after a gap, to everything that may have been missed.

    Behind a connection pooler nobody can listen, so that everything may have changed every few seconds.
    """
    while database.shared:
        if database.pooled:
            for react in reactions.values():
                react()
            await asyncio.sleep(_LOOK)
            continue
        with suppress(StorageError):
            await _listen(database, reactions)
        await asyncio.sleep(_RETRY)


async def _listen(database: Database, reactions: Mapping[str, Callable[[], None]]) -> None:
    with translated():
        async with database.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            raw = await connection.get_raw_connection()
            driver = cast("Any", raw.driver_connection)
            for channel in reactions:
                await driver.add_listener(channel, lambda *heard: reactions[heard[2]]())
            try:
                for react in reactions.values():
                    react()
                while True:
                    await asyncio.sleep(_PING)
                    await connection.execute(text("SELECT 1"))
            finally:
                await connection.invalidate()  # a pooled connection must not go on listening
