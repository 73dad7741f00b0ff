"""A whole bot within a test's own process, and what a test asks of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from pydantic import SecretStr
from sqlalchemy import select

from bot.answers.assistant import Assistant
from bot.storage.schema import DEAD_LETTER, INBOX
from bot.telegram.app import build
from bot.telegram.context import App
from bot.telegram.lifecycle import SHUTDOWN_SECONDS, serve
from bot.telegram.services import Services
from bot.telegram.updates import HttpServerConfig
from tests.botapi import BotApi
from tests.botapi.state import LIMIT


class MakeServices(Protocol):
    """Makes what a bot works with; see the fixture `make_services`."""

    def __call__(
        self, assistant: Assistant, url: str | None = None, http_server: HttpServerConfig | None = None, **options: Any
    ) -> Services: ...


MakeDataDir: TypeAlias = Callable[[], Path]
MakeAssistant: TypeAlias = Callable[[Path], Assistant]
Serving: TypeAlias = Callable[[BotApi, Assistant], AbstractAsyncContextManager[App]]


@asynccontextmanager
async def serving_with(api: BotApi, services: Services, grace: float = SHUTDOWN_SECONDS) -> AsyncIterator[App]:
    """Run a bot while a block runs, its own way from start to end."""
    application = build(SecretStr(api.token), services, api.url)
    stop = asyncio.Event()
    task = asyncio.create_task(serve(application, stop, grace))
    try:
        yield application
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await task


async def started(api: BotApi) -> None:
    """Wait until the bot has started; the menu of an admin's chat is the last thing of it."""
    await api.wait_for(lambda: "chat" in scopes(api), "the bot to start")


@dataclass(frozen=True)
class DeadLetter:
    """An update that was given up."""

    key: int
    content: str
    error: str


async def dead_letters(application: App, least: int) -> list[DeadLetter]:
    """Wait until so many updates were given up; return all of them."""
    query = select(INBOX.c.update_id, INBOX.c.content, INBOX.c.error).where(INBOX.c.state == DEAD_LETTER)
    in_order = query.order_by(INBOX.c.update_id)
    async with asyncio.timeout(LIMIT):
        while True:
            found = await application.services.database.read(lambda connection: connection.execute(in_order).all())
            if len(found) >= least:
                return [DeadLetter(*row) for row in found]


def scopes(api: BotApi) -> set[str]:
    """Return the kinds of chats whose menus the bot has set, or tried to."""
    return {str((values.get("scope") or {}).get("type")) for values in api.called("setMyCommands")}
