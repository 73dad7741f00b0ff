"""A bot as an operator runs it: a process of its own, which a test stops, kills and starts again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.builders import ROOT

TIMEOUT_SECONDS = 60.0
"""Seconds that a process gets to start or to end."""

_OF_HOSTS = {"PORT", "DATABASE_URL"}
"""Variables of hosts that the bot reads too."""


class Replica:
    """A process that may come and go; its log is kept."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("BOT_") and name not in _OF_HOSTS
        }
        self._environment = kept | dict(settings)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        """Return all that its processes have logged."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    @property
    def process(self) -> int:
        """Return the id of its process."""
        assert self._process is not None
        return self._process.pid

    def mapped(self) -> str:
        """Return the files that its process has loaded, as Linux lists them."""
        return Path(f"/proc/{self.process}/maps").read_text(encoding="utf-8")

    async def start(self) -> None:
        """Start a process; it needs a moment until it serves."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env=self._environment, stderr=log, stdout=log
            )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for the end, and return the exit code."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), TIMEOUT_SECONDS)

    async def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def running(settings: Mapping[str, str], log: Path) -> AsyncIterator[Replica]:
    """Run a bot while the block runs."""
    replica = Replica(settings, log)
    await replica.start()
    try:
        yield replica
    finally:
        await replica.kill()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
