"""A wire between a bot and Telegram that can be cut: what is sent meanwhile vanishes, and nobody is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Wire:
    """Passes on what comes, unless it is cut."""

    def __init__(self, to: int | str) -> None:
        """Lead to a port of this machine, or to a socket's path."""
        self.reached = asyncio.Event()
        """Set once there has been a connection."""
        self._to = to
        self._whole = asyncio.Event()
        self._whole.set()
        self._ends: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Let nothing through any more."""
        self._whole.clear()

    def mend(self) -> None:
        """Let new connections through; those from before are lost, as after a new route or a restarted router."""
        for end in self._ends:
            end.transport.abort()
        self._whole.set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        ends = {writer}
        self._ends.add(writer)
        self.reached.set()
        try:
            with suppress(OSError):
                await self._whole.wait()
                if writer.is_closing():  # it came while the wire was cut
                    return
                there, back = await self._reach()
                ends.add(back)
                self._ends.add(back)
                await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._to, str):
            return await asyncio.open_unix_connection(self._to)
        return await asyncio.open_connection("127.0.0.1", self._to)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while content := await reader.read(65_536):
            await self._whole.wait()
            writer.write(content)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def running(to: int | str) -> AsyncIterator[tuple[Wire, int]]:
    """Lay a wire to a port or a socket while the block runs; yield it, and the port at its other end."""
    wire = Wire(to)
    async with await asyncio.start_server(wire.connect, "127.0.0.1", 0) as server:
        yield wire, server.sockets[0].getsockname()[1]
        wire.mend()
