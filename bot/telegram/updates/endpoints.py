"""What the HTTP server serves: the webhook, and whether the bot is alive, ready and how it is doing; nothing else."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.answers.assistant import Assistant
from bot.errors import StorageError
from bot.storage.inbox import InboxDepth
from bot.telegram.client import raw_update
from bot.telegram.updates.inbox_queue import InboxQueue
from bot.telegram.updates.metrics import Metrics

WEBHOOK_PATH = "/telegram"
"""Where Telegram delivers to, below the bot's public URL."""
MAX_BODY_BYTES = 1_000_000
"""Largest delivery that is read; Telegram's are far smaller."""
MAX_READY_WAITING = 1000
"""Number of waiting updates from which the bot says that it isn't ready for more."""
NO_SEMANTICS = "answering by words and sound alone: the meaning of questions can't be computed, the log says why"
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # the header's name


class Endpoints:
    """The HTTP endpoints of one bot."""

    def __init__(
        self,
        inbox: InboxQueue,
        metrics: Metrics,
        secret: SecretStr | None,
        assistant: Assistant,
        knowledge_failure: Callable[[], str | None],
    ) -> None:
        """`secret` is what Telegram proves itself with; None outside of webhook mode, where it delivers nothing.

        `knowledge_failure` returns why the knowledge isn't the version that it should be; None where it is.
        """
        self._inbox = inbox
        self._metrics = metrics
        self._secret = secret
        self._assistant = assistant
        self._knowledge_failure = knowledge_failure

    def application(self) -> Starlette:
        """Return the endpoints as an ASGI application."""
        routes = [
            Route("/healthz", self.live),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]
        if self._secret is not None:
            routes.append(Route(WEBHOOK_PATH, self.receive, methods=["POST"]))
        application = Starlette(routes=routes)
        application.router.redirect_slashes = False
        return application

    async def receive(self, request: Request) -> Response:
        """Store an update that Telegram delivers, and confirm it only then."""
        if self._secret is None or not _is_secret(request.headers.get(_SECRET_HEADER, ""), self._secret):
            return Response(status_code=403)
        try:
            body = await _read_body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        # Whatever it is: if it were refused, Telegram would repeat it for ever, and deliver nothing after it.
        return Response(status_code=200 if await self._inbox.enqueue([raw_update(body)]) else 503)

    async def live(self, _: Request) -> Response:
        """Say that the process runs, and whether it has to answer without the sentence model."""
        return PlainTextResponse("ok\n" if self._assistant.uses_model else f"ok\n{NO_SEMANTICS}\n")

    async def ready(self, _: Request) -> Response:
        """Say whether questions are answered as they should be, and if not, why."""
        found = await self._depth()
        depth, unreadable = (None, str(found)) if isinstance(found, StorageError) else (found, None)
        problems = [
            problem
            for problem in (
                None if self._inbox.worker.started else "Telegram isn't reached yet",
                self._inbox.worker.failure_reason or unreadable,
                f"{depth.waiting} updates wait" if depth is not None and depth.waiting > MAX_READY_WAITING else None,
                self._knowledge_failure(),
            )
            if problem is not None
        ]
        state = {"ready": not problems, "problems": problems, "knowledge": self._assistant.knowledge.version}
        if depth is not None:
            state["waiting"] = depth.waiting
        return JSONResponse(state, status_code=503 if problems else 200)

    async def metrics(self, _: Request) -> Response:
        """Return the metrics for Prometheus."""
        found = await self._depth()
        depth = None if isinstance(found, StorageError) else found
        available = self._inbox.worker.failure_reason is None
        version = self._assistant.knowledge.version
        text = self._metrics.render(version, depth, time.time(), database_available=available)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _depth(self) -> InboxDepth | StorageError:
        try:
            return await self._inbox.worker.depth()
        except StorageError as error:
            return error


def _is_secret(given: str, secret: SecretStr) -> bool:
    """Compare in constant time, which doesn't betray how much of the secret is right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.get_secret_value().encode())


async def _read_body(request: Request) -> bytes | None:
    """Read a request's body; None as soon as it turns out to be too large."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > MAX_BODY_BYTES:
            return None
    return bytes(read)
