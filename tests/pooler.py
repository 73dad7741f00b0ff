"""A connection pooler in transaction mode, as hosts put before PostgreSQL: no two transactions share a thing."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

TLS = 80877103
"""What stands in the place of a protocol version where a client asks for TLS."""
VERSION = 196608
MADE_UP = 7
"""Process that clients are told they talk to; which one it is changes with each transaction."""
SIZE = 3
"""Connections to the server, which take turns."""


class Message(NamedTuple):
    """A message of the protocol."""

    kind: bytes
    body: bytes

    def encode(self) -> bytes:
        return self.kind + struct.pack("!I", len(self.body) + 4) + self.body


GREETING = (Message(b"R", struct.pack("!I", 0)), Message(b"K", struct.pack("!II", MADE_UP, 1)), Message(b"Z", b"I"))


async def read(reader: asyncio.StreamReader) -> Message:
    kind = await reader.readexactly(1)
    (length,) = struct.unpack("!I", await reader.readexactly(4))
    return Message(kind, await reader.readexactly(length - 4))


@dataclass
class Server:
    """A connection to the server, one of a few that all clients share."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    settings: list[Message]
    """What the server said of itself."""


class Pooler:
    """Gives each transaction the connection that has rested longest, so that two after each other never share one."""

    def __init__(self, socket: str) -> None:
        """`socket` is the path of the server's socket."""
        self.socket = socket
        self.free: asyncio.Queue[Server] = asyncio.Queue()
        self.servers: list[Server] = []
        self.transactions = 0
        """How many were passed on."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a client."""
        client = _Client(self, reader, writer)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await client.run()
        finally:
            await client.leave()
            writer.close()

    async def connect(self, startup: bytes) -> None:
        """Open one more connection to the server."""
        server = Server(*await asyncio.open_unix_connection(self.socket), [])
        self.servers.append(server)
        server.writer.write(startup)
        while (message := await read(server.reader)).kind != b"Z":
            assert message.kind != b"E", message.body
            if message.kind == b"S":
                server.settings.append(message)
        self.free.put_nowait(server)

    def close(self) -> None:
        """Close the connections to the server."""
        for server in self.servers:
            server.writer.close()


class _Client:
    """A client, and the connection that it has for the transaction which it is in."""

    def __init__(self, pooler: Pooler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pooler = pooler
        self.reader = reader
        self.writer = writer
        self.startup = b""
        self.server: Server | None = None
        self.answers = 0  # that the server still owes
        self.back: asyncio.Task[None] | None = None

    async def run(self) -> None:
        self.startup = await self._startup()
        while len(self.pooler.servers) < SIZE:
            await self.pooler.connect(self.startup)
        allowed, *rest = GREETING
        said = [allowed, *self.pooler.servers[0].settings, *rest]
        self.writer.write(b"".join(message.encode() for message in said))
        while (message := await read(self.reader)).kind != b"X":
            if self.server is None:
                self.server = await self.pooler.free.get()
                self.pooler.transactions += 1
                self.back = asyncio.create_task(self._pass_back(self.server))
            self.answers += message.kind in {b"Q", b"S"}
            self.server.writer.write(message.encode())

    async def leave(self) -> None:
        """Throw a connection away whose transaction wasn't ended."""
        if self.back is not None:
            self.back.cancel()
        if self.server is not None:
            self.server.writer.close()
            self.pooler.servers.remove(self.server)
            await self.pooler.connect(self.startup)

    async def _startup(self) -> bytes:
        while True:
            start = await self.reader.readexactly(8)
            length, code = struct.unpack("!II", start)
            rest = await self.reader.readexactly(length - 8)
            if code == VERSION:
                return start + rest
            if code != TLS:  # a wish to cancel something
                raise ConnectionError
            self.writer.write(b"N")

    async def _pass_back(self, server: Server) -> None:
        while True:
            message = await read(server.reader)
            self.writer.write(message.encode())
            self.answers -= message.kind == b"Z"
            if message == (b"Z", b"I") and not self.answers:
                self.server = None
                self.pooler.free.put_nowait(server)
                return


@asynccontextmanager
async def running(socket: str) -> AsyncIterator[tuple[Pooler, int]]:
    """Run a pooler while the block runs; yield it, and its port."""
    pooler = Pooler(socket)
    async with await asyncio.start_server(pooler.serve, "127.0.0.1", 0) as server:
        yield pooler, server.sockets[0].getsockname()[1]
        pooler.close()
