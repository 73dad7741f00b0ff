"""The HTTP server: where it listens, and its start and end; what it serves is in `endpoints`."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.errors import SettingsError

LOG = logging.getLogger(__name__)

_SOCKET_BACKLOG = 512
"""Connections that may wait to be accepted."""
_SHUTDOWN_SECONDS = 5
"""Time for requests to be finished when the server stops."""


@dataclass(frozen=True, slots=True)
class HttpServerConfig:
    """Where the HTTP server listens, and what Telegram needs to deliver there."""

    host: str
    """Address or name of this machine to listen at."""
    port: int
    """Port; 0 for any that is free."""
    webhook: str | None
    """Public base URL of the bot, in webhook mode."""
    secret: SecretStr
    """The secret by which deliveries of Telegram are known."""


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the bot has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(application: Starlette, http_server: HttpServerConfig | None) -> AsyncIterator[int | None]:
    """Serve while the block runs, and yield the port; without `http_server`, serve nothing and yield None."""
    if http_server is None:
        yield None
        return
    with ExitStack() as open_sockets:
        listeners = [open_sockets.enter_context(each) for each in listeners_at(http_server.host, http_server.port)]
        port = int(listeners[0].getsockname()[1])
        LOG.info("Listening at http://%s", host_and_port(http_server.host, port))
        config = uvicorn.Config(
            application,
            http="httptools",  # a tenth less work a delivery than h11: python -m tests.benchmarks load
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=listeners))
        try:
            yield port
        finally:
            server.should_exit = True
            await task


def listeners_at(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen at every address of a host; `::` includes IPv4, where the system can do both at once.

    Raises SettingsError where listening is impossible, with the setting to change.
    """
    where = host_and_port(host, port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise SettingsError(
            f"BOT_HOST: {where} is no address of this machine; 0.0.0.0 and :: mean all of them"
        ) from None
    addresses = dict.fromkeys((family, address) for family, _, _, _, address in found)
    with ExitStack() as opened:
        listeners = []
        for family, address in addresses:
            try:
                listener = opened.enter_context(_listener(family, address, port))
            except OSError as error:
                raise SettingsError(_advice(where, error)) from None
            port = listener.getsockname()[1]  # one port for all addresses, where any free one is wanted
            listeners.append(listener)
        opened.pop_all()
    return listeners


def _listener(family: int, found: tuple[Any, ...], port: int) -> socket.socket:
    both = family == socket.AF_INET6 and found[0] == "::" and socket.has_dualstack_ipv6()
    address = (found[0], port, *found[2:])
    listener = socket.create_server(address, family=family, backlog=_SOCKET_BACKLOG, dualstack_ipv6=both)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def host_and_port(host: str, port: int) -> str:
    """Return host and port as they are written in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _advice(where: str, error: OSError) -> str:
    """Return what went wrong, with the setting to change."""
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
