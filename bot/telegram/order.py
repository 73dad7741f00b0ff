"""The order in which updates are handled: one after another in a chat, chats side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

WAITING = 10_000
"""Updates that may be in the house at once, most of them waiting for their chat."""
AT_WORK = 64
"""Updates that are handled at once."""


class ChatOrder(BaseUpdateProcessor):
    """Keeps a chat's updates in order; one that waits for its chat takes no place from the others."""

    def __init__(self) -> None:
        """Begin with no chat waiting."""
        super().__init__(WAITING)
        self._chats: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()
        self._places = asyncio.Semaphore(AT_WORK)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's earlier updates, then for a free place."""
        chat = update.effective_chat if isinstance(update, Update) else None
        lock = asyncio.Lock() if chat is None else self._chats.setdefault(chat.id, asyncio.Lock())
        async with lock, self._places:
            await coroutine

    async def initialize(self) -> None:
        """Need nothing."""

    async def shutdown(self) -> None:
        """Leave nothing behind."""
