"""A proxy on this machine, as clash opens one: HTTP CONNECT, SOCKS 4 and SOCKS 5 on one port."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from ssl import Purpose, SSLContext, create_default_context

NAME = "bot-api.test"
"""A name that nobody but the proxy can look up."""
CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Key and certificate for it and for this machine, made for these tests alone; valid for a hundred years from 2026."""


class _RefusedError(Exception):
    """The client gets the answer that this holds, and no connection."""


@dataclass
class LocalProxy:
    """Connects to this machine alone, and keeps what it was asked for."""

    user: str = ""
    """User that it wants; empty for none."""
    password: str = ""
    """Password of that user."""
    names: Mapping[str, str] = field(default_factory=lambda: {NAME: "127.0.0.1", "127.0.0.1": "127.0.0.1"})
    """The names that it can look up."""
    asked: list[str] = field(default_factory=list)
    """The hosts that it was asked for, as the client wrote them."""
    port: int = 0
    """Where it listens."""

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                first = await reader.readexactly(1)
                if first not in b"\x04\x05C":
                    raise _RefusedError(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                greet = {b"\x05": self._socks5, b"\x04": self._socks4}.get(first, self._http)
                host, port, accepted, refused = await greet(reader, writer)
                self.asked.append(host)
                if host not in self.names:
                    raise _RefusedError(refused)
                there, back = await asyncio.open_connection(self.names[host], port)
                writer.write(accepted)
                await asyncio.gather(_pass(reader, back), _pass(there, writer))
            except _RefusedError as error:
                writer.write(error.args[0])
                await writer.drain()
        writer.close()

    async def _socks5(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[str, int, bytes, bytes]:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        wanted = 2 if self.user else 0
        if wanted not in methods:
            raise _RefusedError(b"\x05\xff")
        writer.write(bytes([5, wanted]))
        if wanted:
            await reader.readexactly(1)
            given = [(await reader.readexactly((await reader.readexactly(1))[0])).decode() for _ in range(2)]
            if given != [self.user, self.password]:
                raise _RefusedError(b"\x01\x01")
            writer.write(b"\x01\x00")
        kind = (await reader.readexactly(4))[3]
        if kind == 1:
            host = ".".join(map(str, await reader.readexactly(4)))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        port = int.from_bytes(await reader.readexactly(2))
        rest = b"\x00\x01" + bytes(6)
        return host, port, b"\x05\x00" + rest, b"\x05\x04" + rest

    async def _socks4(self, reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> tuple[str, int, bytes, bytes]:
        head = await reader.readexactly(7)
        await reader.readuntil(b"\0")
        host = ".".join(map(str, head[3:]))
        if host.startswith("0.0.0."):
            host = (await reader.readuntil(b"\0"))[:-1].decode()
        return host, int.from_bytes(head[1:3]), b"\x00\x5a" + bytes(6), b"\x00\x5b" + bytes(6)

    async def _http(self, reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> tuple[str, int, bytes, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        place = head.split()[1]
        credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if self.user and f"Proxy-Authorization: Basic {credentials}\r\n" not in head:
            raise _RefusedError(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
        host, _colon, port = place.rpartition(":")
        return host, int(port), b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n"


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while content := await reader.read(65_536):
            writer.write(content)
            await writer.drain()
    writer.close()


def certified() -> SSLContext:
    """Return what this machine shows as NAME, to those who trust CERTIFICATE."""
    context = create_default_context(Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@asynccontextmanager
async def encrypted(to: int) -> AsyncIterator[int]:
    """Take encrypted connections while the block runs, and pass on to a port what they hold; yield the port."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(_pass(reader, back), _pass(there, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", 0, ssl=certified())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def running(
    user: str = "", password: str = "", encryption: SSLContext | None = None
) -> AsyncIterator[LocalProxy]:
    """Run a proxy while the block runs."""
    proxy = LocalProxy(user, password)
    server = await asyncio.start_server(proxy.connect, "127.0.0.1", 0, ssl=encryption)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
