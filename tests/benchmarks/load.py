"""How many questions a second, and how long one takes; beside a bare echo bot on the same local Bot API."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests import postgres
from tests.botapi import BotApi, User, running
from tests.builders import ROOT
from tests.crash_harness import settings_of
from tests.replica import free_port
from tests.replica import running as replica_running
from tests.telegram.knowledge import NUCLEAR, SOLAR

BURST = 900
"""Questions that wait all at once."""
EACH = 10
"""Questions of one person; more would be refused."""
STEADY = 10.0
"""Seconds of even load."""
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run has shown."""

    name: str
    rate: float
    """Questions answered a second, of a burst."""
    median: float
    """Milliseconds from asking to the answer, at half that rate."""
    p99: float
    """The same, of the slowest hundredth."""


async def measure(name: str, api: BotApi) -> Measured:
    """Measure the bots that serve `api`."""
    people = iter(range(10_000, 1_000_000))
    await api.answer(User(9999, "First"), NUCLEAR)
    before, began = len(api.world.sent), time.perf_counter()
    for _ in range(BURST // EACH):
        person = User(next(people), "Somebody")
        for number in range(EACH):
            await api.private_message(person, (NUCLEAR, SOLAR)[number % 2])
    await api.wait_for(lambda: len(api.world.sent) >= before + BURST, "all answers", TIMEOUT_SECONDS)
    rate = BURST / (time.perf_counter() - began)
    latencies = await _latencies(api, rate / 2, people)
    cut = quantiles(latencies, n=100)
    return Measured(name, rate, 1000 * cut[49], 1000 * cut[98])


async def _latencies(api: BotApi, rate: float, people: Iterator[int]) -> list[float]:
    """Ask evenly; return how long each answer took, in seconds."""
    asked: dict[int, float] = {}
    taken: list[float] = []
    seen = len(api.world.sent)

    def look() -> None:
        nonlocal seen
        now = time.perf_counter()
        taken.extend(now - asked[sent.chat] for sent in api.world.sent[seen:])
        seen = len(api.world.sent)

    began = time.perf_counter()
    for number in range(int(rate * STEADY)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        person = User(next(people), "Somebody")
        asked[person.id] = time.perf_counter()
        await api.private_message(person, NUCLEAR)
        look()

    def all_seen() -> bool:
        look()
        return len(taken) >= len(asked)

    await api.wait_for(all_seen, "all answers", TIMEOUT_SECONDS)
    return taken


@contextmanager
def _echo(api: BotApi) -> Iterator[None]:
    environment = dict(os.environ) | {"BOT_TOKEN": api.token, "BOT_API_URL": api.url}
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.echo"], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.kill()  # it has nothing to finish
        process.wait()


@asynccontextmanager
async def _home() -> AsyncIterator[tuple[BotApi, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        async with running() as api:
            yield api, Path(folder)


async def _echoed() -> Measured:
    async with _home() as (api, _):
        with _echo(api):
            return await _patiently("echo bot of the library", api)


async def _polled() -> Measured:
    async with _home() as (api, home), replica_running(settings_of(api, home), home / "log"):
        return await _patiently("1 replica, polling, SQLite", api)


async def _delivered(replicas: int, database: str) -> Measured:
    async with _home() as (api, home), AsyncExitStack() as stack:
        for number in range(replicas):
            port = str(free_port())
            way = f"http://127.0.0.1:{port}"
            more = {"BOT_DATABASE_URL": database, "BOT_WEBHOOK_URL": way, "BOT_PORT": port, "BOT_HOST": "127.0.0.1"}
            log = home / f"log{number}"
            await stack.enter_async_context(replica_running(settings_of(api, home, **more), log))
            api.deliveries.ways.append(way)
        return await _patiently(f"{replicas} replicas, webhook, PostgreSQL", api)


async def _patiently(name: str, api: BotApi) -> Measured:
    """Measure once the bots have started."""
    await api.private_message(User(9998, "Zero"), NUCLEAR)
    await api.wait_for(lambda: api.world.sent, "the start", TIMEOUT_SECONDS)
    return await measure(name, api)


def load() -> Iterator[str]:
    """Measure, and yield the lines of a table."""
    limit = asyncio.run(_echoed())
    measured = [limit, asyncio.run(_polled())]
    with postgres.running() as server:
        measured += [asyncio.run(_delivered(replicas, server.new_database())) for replicas in (1, 2, 4)]
    yield f"{'':36}{'a second':>10}{'of echo':>9}{'median ms':>11}{'p99 ms':>9}   at half the load"
    for one in measured:
        yield f"{one.name:36}{one.rate:10.0f}{one.rate / limit.rate:9.2f}{one.median:11.0f}{one.p99:9.0f}"
