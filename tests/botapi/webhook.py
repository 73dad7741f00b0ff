"""Telegram's side of a webhook: each chat's updates in order, the next one after the bot has taken the last."""

from __future__ import annotations

import asyncio
from itertools import count
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.botapi.people import JSON
from tests.botapi.state import World

CONNECTIONS = 40
"""Deliveries at once, as Telegram makes them unless it is told otherwise."""
RETRY = 0.1
"""Seconds after which an update that wasn't taken is delivered again."""


class Deliveries:
    """Delivers the updates of a world while a webhook is set."""

    def __init__(self, world: World) -> None:
        self.ways: list[str] = []
        """Base URLs of the replicas that a balancer in front of them spreads deliveries over; empty for no balancer."""
        self.taken: set[int] = set()
        """Ids of the updates that the bot has taken."""
        self.refused: list[int] = []
        """Statuses with which deliveries were refused, oldest first."""
        self._world = world
        self._queues: dict[int, asyncio.Queue[JSON]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._turn = count()
        self._seen = 0
        self._client: ClientSession | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        connector, timeout = TCPConnector(limit=CONNECTIONS), ClientTimeout(total=10)
        self._client = ClientSession(connector=connector, timeout=timeout)
        try:
            while True:
                async with self._world.changed:
                    await self._world.changed.wait_for(
                        lambda: self._world.webhook is not None and len(self._world.updates) > self._seen
                    )
                for update in self._world.updates[self._seen :]:
                    self._enqueue(update)
                self._seen = len(self._world.updates)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._client.close()

    def _enqueue(self, update: JSON) -> None:
        content: JSON = next((value for key, value in update.items() if key != "update_id"), {})
        nobodys = update["update_id"] % CONNECTIONS if update["update_id"] in self._world.damaged else 0
        chat = (content.get("message") or content).get("chat", {}).get("id", nobodys)
        if chat not in self._queues:
            self._queues[chat] = asyncio.Queue()
            self._tasks.append(asyncio.create_task(self._deliver(self._queues[chat])))
        self._queues[chat].put_nowait(update)

    async def _deliver(self, queue: asyncio.Queue[JSON]) -> None:
        while True:
            update = await queue.get()
            while not await self._post(update):  # noqa: ASYNC110  # it waits for another process
                await asyncio.sleep(RETRY)
            self.taken.add(update["update_id"])
            await self._world.tell()

    async def _post(self, update: JSON) -> bool:
        webhook, client = self._world.webhook, self._client
        if webhook is None or client is None:
            return False
        url = str(webhook["url"])
        if self.ways:
            url = self.ways[next(self._turn) % len(self.ways)] + urlsplit(url).path
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": str(webhook.get("secret_token", "")),
        }
        try:
            async with client.post(url, data=self._world.as_sent(update), headers=headers) as answer:
                status = answer.status
        except (ClientError, TimeoutError):
            return False
        if status != 200:
            self.refused.append(status)
        return status == 200
