"""The HTTP server: the webhook, and how the bot is doing; nothing else is served."""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from telegram import Update

from bot.answers.assistant import Assistant
from bot.errors import SettingsError, StorageError
from bot.storage.inbox import Depth
from bot.telegram.inbox import InboxQueue
from bot.telegram.metrics import Metrics

WEBHOOK = "/telegram"
"""Where Telegram delivers to, below the public address."""
LARGEST = 1_000_000
"""Bytes of a delivery; Telegram's are far smaller."""
LARGE = 1000
"""Updates that may wait before the bot says that it isn't ready for more."""
_SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105  # the header's name
_PATIENCE = 5
"""Seconds that requests get to be finished when the server stops."""
WITHOUT_MEANING = "answering by words and sound alone: the meaning of questions can't be computed, the log says why"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server listens, and to whom."""

    host: str
    """Address of this machine that it listens at."""
    port: int
    """Port; 0 for any that is free."""
    webhook: str | None
    """Public base URL of the bot, in webhook mode."""
    secret: SecretStr
    """What Telegram proves itself with."""


class Pages:
    """What the server answers."""

    def __init__(
        self,
        inbox: InboxQueue,
        metrics: Metrics,
        secret: SecretStr | None,
        assistant: Assistant,
        trouble: Callable[[], str | None],
    ) -> None:
        """`secret` is None outside of webhook mode; `trouble` tells why the knowledge isn't the one it should be."""
        self._inbox = inbox
        self._metrics = metrics
        self._secret = secret
        self._assistant = assistant
        self._trouble = trouble

    def application(self) -> Starlette:
        """Return the pages as an application."""
        routes = [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.figures),
        ]
        if self._secret is not None:
            routes.append(Route(WEBHOOK, self.take, methods=["POST"]))
        application = Starlette(routes=routes)
        application.router.redirect_slashes = False
        return application

    async def take(self, request: Request) -> Response:
        """Keep an update, and only then say that it arrived."""
        if self._secret is None or not _same(request.headers.get(_SECRET, ""), self._secret):
            return Response(status_code=403)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        try:
            update = Update.de_json(json.loads(body), self._inbox.bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return Response(status_code=400)
        return Response(status_code=200 if await self._inbox.keep([update]) else 503)

    async def alive(self, _: Request) -> Response:
        """Say that the process runs, and whether it has to answer without the meaning of questions."""
        return PlainTextResponse("ok\n" if self._assistant.reads_meaning else f"ok\n{WITHOUT_MEANING}\n")

    async def ready(self, _: Request) -> Response:
        """Say whether questions are answered as they should be, and if not, why."""
        found = await self._depth()
        depth, away = (None, str(found)) if isinstance(found, StorageError) else (found, None)
        problems = [
            problem
            for problem in (
                None if self._inbox.clerk.begun else "Telegram isn't reached yet",
                self._inbox.clerk.trouble or away,
                f"{depth.waiting} updates wait" if depth is not None and depth.waiting > LARGE else None,
                self._trouble(),
            )
            if problem is not None
        ]
        state = {"ready": not problems, "problems": problems, "knowledge": self._assistant.knowledge.version}
        if depth is not None:
            state["waiting"] = depth.waiting
        return JSONResponse(state, status_code=503 if problems else 200)

    async def figures(self, _: Request) -> Response:
        """Return the figures for Prometheus."""
        depth = await self._depth()
        version, known = self._assistant.knowledge.version, None if isinstance(depth, StorageError) else depth
        shown = self._metrics.render(version, known, time.time(), away=self._inbox.clerk.trouble is not None)
        return Response(shown, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _depth(self) -> Depth | StorageError:
        try:
            return await self._inbox.clerk.depth()
        except StorageError as error:
            return error


def _same(given: str, secret: SecretStr) -> bool:
    """Compare in a time that doesn't tell how much of it is right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.get_secret_value().encode())


async def _body(request: Request) -> bytes | None:
    """Read a request's body; None where it is too large, of which no more is read."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST:
            return None
    return bytes(read)


class _Server(uvicorn.Server):
    """Leaves the signals to the bot."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(pages: Pages, listening: Listening | None) -> AsyncIterator[int | None]:
    """Serve while the block runs, and yield the port; None and no server where nobody listens."""
    if listening is None:
        yield None
        return
    try:
        listener = socket.create_server((listening.host, listening.port), backlog=512)
    except OSError as error:
        where = f"{listening.host}:{listening.port}"
        raise SettingsError(f"BOT_PORT: can't listen at {where} ({error.strerror}); choose another") from None
    with listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            pages.application(),
            http="httptools",  # the one in pure Python costs a delivery several times as much
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            await task
