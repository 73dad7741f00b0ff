"""The server itself: HTTP, the token, faults on demand, and long polling."""

from __future__ import annotations

import asyncio
import json
import socket
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.botapi.methods import METHODS
from tests.botapi.people import JSON, TOKEN
from tests.botapi.state import RefusedError
from tests.botapi.user_actions import UserActions
from tests.botapi.webhook import Deliveries

POLLING = frozenset({"offset", "timeout", "limit", "allowed_updates"})
STRUCTURED = frozenset(
    {"reply_markup", "reply_parameters", "link_preview_options", "commands", "scope", "allowed_updates", "results"}
)
FLAGS = frozenset({"disable_notification", "protect_content", "show_alert", "drop_pending_updates", "is_personal"})
SHUTDOWN_SECONDS = 1.0
"""Time that requests in progress have to finish when the server ends."""


class _Cut(Response):
    """Promises more than it sends, so that the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


class BotApi(UserActions):
    """A Bot API server for one bot."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.url = f"http://127.0.0.1:{port}/bot"
        self.token = TOKEN
        self.closing = False
        self.deliveries = Deliveries(self.world)
        self._polls = 0
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"])])

    async def _answer(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        values = await _values(request)
        self.world.calls.append((method, values))
        try:
            result = await self._call(token, method, values)
        except RefusedError as refused:
            return _refusal(refused)
        except _BrokenError:
            return _Cut()
        finally:
            await self.world.tell()
        if method == "getUpdates":
            sent = b",".join(self.world.as_sent(update) for update in result)
            return Response(b'{"ok":true,"result":[' + sent + b"]}", media_type="application/json")
        return JSONResponse({"ok": True, "result": result})

    async def _call(self, token: str, method: str, values: JSON) -> Any:
        if token != self.token:
            raise (
                RefusedError(401, "Unauthorized")
                if token.partition(":")[0].isdecimal()
                else RefusedError(404, "Not Found")
            )
        self._fault(method)
        if method == "getUpdates":
            return await self._updates(values)
        try:
            found = METHODS.get(method)
            if found is None:
                raise RefusedError(404, "Not Found")
            if unknown := set(values) - found.parameters:
                raise RefusedError(400, f"Bad Request: unknown parameters {sorted(unknown)}")
            return found.call(self.world, values)
        except RefusedError as refused:
            # A chat that doesn't exist or doesn't want the bot is the world's doing, everything else the bot's.
            if refused.status != 403 and "chat not found" not in refused.description:
                self.world.failures.append(f"{method}: {refused.description}")
            raise

    def _fault(self, method: str) -> None:
        fault = next((fault for fault in self.world.faults if fault.method == method), None)
        if fault is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self.world.faults.remove(fault)
        if fault.status == 0:
            raise _BrokenError
        raise RefusedError(fault.status, fault.description, fault.parameters)

    async def _updates(self, values: JSON) -> list[JSON]:
        """Confirm what lies below the offset; wait for more as long as asked, or until another poll comes."""
        if unknown := set(values) - POLLING:
            raise RefusedError(400, f"Bad Request: unknown parameters {sorted(unknown)}")
        world = self.world
        if world.webhook is not None:
            raise RefusedError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first",
            )
        world.confirmed = max(world.confirmed, int(values.get("offset", 0)))
        self._polls += 1
        this = self._polls
        await world.tell()

        def waiting() -> list[JSON]:
            first = bisect_left(world.updates, world.confirmed, key=lambda update: int(update["update_id"]))
            return world.updates[first:]

        try:
            async with asyncio.timeout(float(values.get("timeout", 0))), world.changed:
                await world.changed.wait_for(lambda: waiting() or self._polls != this or self.closing)
        except TimeoutError:
            return []
        if self._polls != this:
            raise RefusedError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return waiting()[: int(values.get("limit", 100))]


class _BrokenError(Exception):
    """The connection is to break."""


def _refusal(refused: RefusedError) -> JSONResponse:
    body: JSON = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.parameters is not None:
        body["parameters"] = refused.parameters
    return JSONResponse(body, status_code=refused.status)


async def _values(request: Request) -> JSON:
    """Read a request's parameters into what they mean."""
    body, kind = await request.body(), request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        fields, files = _multipart(kind, body)
    elif kind == "application/json":
        fields, files = json.loads(body), {}
    else:
        fields, files = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))), {}
    values: JSON = {}
    for key, value in fields.items():
        if key in STRUCTURED:
            values[key] = json.loads(value)
        elif key in FLAGS:
            values[key] = value == "true"
        elif value.startswith("attach://"):
            values[key] = files.pop(value.removeprefix("attach://"))
        else:
            values[key] = value
    return values | files


def _multipart(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """Read a form with files: its fields, and its files as name and content."""
    form = BytesParser(policy=HTTP).parsebytes(f"content-type: {kind}\r\n\r\n".encode() + body)
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for part in form.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if (filename := part.get_filename()) is not None:
            files[name] = (filename, content)
        else:
            fields[name] = content.decode()
    return fields, files


class _Server(uvicorn.Server):
    """Leaves the signals to the tests, and ends without the pauses of 100 ms that uvicorn makes on its way out."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    async def main_loop(self) -> None:
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                while state.connections or state.tasks:  # noqa: ASYNC110  # uvicorn notifies nobody of their end
                    await asyncio.sleep(0.001)
        for task in state.tasks:
            task.cancel()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running() -> AsyncIterator[BotApi]:
    """Serve on a free port of this machine while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # Without it, every response waits 40 ms for the client's acknowledgement of its head.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        api = BotApi(listening.getsockname()[1])
        config = uvicorn.Config(api.app, log_level="critical", lifespan="off")
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        delivering = asyncio.create_task(api.deliveries.run())
        try:
            yield api
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)
            api.closing = server.should_exit = True
            server.stopping.set()
            await api.world.tell()
            await serving
