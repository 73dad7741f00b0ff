"""The HTTP server: the webhook, and how the bot is doing; nothing else is served."""

from __future__ import annotations

import asyncio
import errno
import hmac
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.answers.assistant import Assistant
from bot.errors import SettingsError, StorageError
from bot.storage.inbox import InboxDepth
from bot.telegram.client import raw_update
from bot.telegram.updates.inbox_queue import InboxQueue
from bot.telegram.updates.metrics import Metrics

LOG = logging.getLogger(__name__)

WEBHOOK_PATH = "/telegram"
"""Where Telegram delivers to, below the public address."""
MAX_BODY_BYTES = 1_000_000
"""Bytes of a delivery; Telegram's are far smaller."""
MAX_READY_WAITING = 1000
"""Updates that may wait before the bot says that it isn't ready for more."""
_SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105  # the header's name
_BACKLOG = 512
"""Connections that may wait to be taken."""
_PATIENCE = 5
"""Seconds that requests get to be finished when the server stops."""
NO_SEMANTICS = "answering by words and sound alone: the meaning of questions can't be computed, the log says why"


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


class Endpoints:
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
            routes.append(Route(WEBHOOK_PATH, self.take, methods=["POST"]))
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
        # Whatever it is, Telegram would send it again for ever if it were refused, and nothing else behind it.
        return Response(status_code=200 if await self._inbox.enqueue([raw_update(body)]) else 503)

    async def alive(self, _: Request) -> Response:
        """Say that the process runs, and whether it has to answer without the meaning of questions."""
        return PlainTextResponse("ok\n" if self._assistant.uses_semantics else f"ok\n{NO_SEMANTICS}\n")

    async def ready(self, _: Request) -> Response:
        """Say whether questions are answered as they should be, and if not, why."""
        found = await self._depth()
        depth, away = (None, str(found)) if isinstance(found, StorageError) else (found, None)
        problems = [
            problem
            for problem in (
                None if self._inbox.worker.started else "Telegram isn't reached yet",
                self._inbox.worker.failure_reason or away,
                f"{depth.waiting} updates wait" if depth is not None and depth.waiting > MAX_READY_WAITING else None,
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
        shown = self._metrics.render(version, known, time.time(), away=self._inbox.worker.failure_reason is not None)
        return Response(shown, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _depth(self) -> InboxDepth | StorageError:
        try:
            return await self._inbox.worker.depth()
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
        if len(read) > MAX_BODY_BYTES:
            return None
    return bytes(read)


class _Server(uvicorn.Server):
    """Leaves the signals to the bot."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(pages: Endpoints, listening: Listening | None) -> AsyncIterator[int | None]:
    """Serve while the block runs, and yield the port; None and no server where nobody listens."""
    if listening is None:
        yield None
        return
    with ExitStack() as open_sockets:
        listeners = [open_sockets.enter_context(each) for each in listeners_at(listening.host, listening.port)]
        port = int(listeners[0].getsockname()[1])
        LOG.info("listening at http://%s", host_and_port(listening.host, port))
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
        task = asyncio.create_task(server.serve(sockets=listeners))
        try:
            yield port
        finally:
            server.should_exit = True
            await task


def listeners_at(host: str, port: int) -> list[socket.socket]:
    """Listen at every address that a host has; `::` takes IPv4 too, where the system can do both at once.

    Raises SettingsError where that can't be.
    """
    where = host_and_port(host, port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise SettingsError(
            f"BOT_HOST: {where} is no address of this machine; 0.0.0.0 and :: mean all of them"
        ) from None
    addresses = dict.fromkeys((family, place) for family, _, _, _, place in found)
    with ExitStack() as opened:
        listeners = []
        for family, place in addresses:
            try:
                listener = opened.enter_context(_listener(family, place, port))
            except OSError as error:
                raise SettingsError(_refused(where, error)) from None
            port = listener.getsockname()[1]  # the same for all, where any free one is wanted
            listeners.append(listener)
        opened.pop_all()
    return listeners


def _listener(family: int, place: tuple[Any, ...], port: int) -> socket.socket:
    both = family == socket.AF_INET6 and place[0] == "::" and socket.has_dualstack_ipv6()
    address = (place[0], port, *place[2:])
    listener = socket.create_server(address, family=family, backlog=_BACKLOG, dualstack_ipv6=both)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def host_and_port(host: str, port: int) -> str:
    """Return host and port as they stand in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _refused(where: str, error: OSError) -> str:
    """Say which setting to change where nobody can listen."""
    match error.errno:
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return (
                f"BOT_HOST: can't listen at {where} ({os.strerror(error.errno)}); "
                "0.0.0.0 means all addresses of IPv4, :: those of IPv6 too"
            )
        case errno.EACCES:
            return f"BOT_PORT: can't listen at {where} (Permission denied); ports below 1024 are root's, choose another"
        case _:
            reason = os.strerror(error.errno) if error.errno else error
            return f"BOT_PORT: can't listen at {where} ({reason}); choose another"
