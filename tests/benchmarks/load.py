"""How many questions a second, and how long one takes; beside a bare echo bot on the same local Bot API.

Measured is what real chats ask: questions that nobody curated, over the whole shipped knowledge, each by a person who
has never asked before; for comparison also ten of them in each chat, and curated phrasings.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from tests import postgres
from tests.benchmarks.questions import curated_questions, unseen_questions
from tests.botapi import BotApi, User, running
from tests.builders import ROOT, SHIPPED
from tests.crash_harness import settings_of
from tests.replica import free_port
from tests.replica import running as replica_running

MANY = 10
"""Questions of one person in one chat; more at once would be refused."""
EVEN_LOAD_SECONDS = 10.0
"""How long at most questions come evenly, to measure how long one takes."""
TIMEOUT_SECONDS = 180.0
_FIRST_PERSON = 10_000
"""Id of the first person who asks."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is asked, and by how many people."""

    name: str
    questions: Sequence[str]
    """Half of them are asked at once, then the others evenly."""
    per_person: int = 1
    """Questions of one person, in a chat of its own."""

    def messages(self, first_person: int) -> Iterator[tuple[int, str]]:
        """Yield who asks what; the ids of the people ascend from the first one's."""
        for number, text in enumerate(self.questions):
            yield first_person + number // self.per_person, text


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


@dataclass(slots=True)
class Asking:
    """Asks, and sees which questions are answered."""

    api: BotApi
    open: dict[tuple[int, int], float] = field(default_factory=dict)
    """When each question was asked that isn't answered yet, by chat and message."""
    taken: list[float] = field(default_factory=list)
    """Seconds that each answer took."""
    seen: int = 0
    """Messages of the bot that were looked at."""

    async def ask(self, person: int, text: str) -> None:
        """Let somebody ask."""
        message = await self.api.private_message(User(person, "Somebody"), text)
        self.open[message["chat"]["id"], message["message_id"]] = time.perf_counter()

    def look(self) -> bool:
        """Note what was answered since; return whether everything is."""
        now, sent = time.perf_counter(), self.api.world.sent
        for message in sent[self.seen :]:
            began = self.open.pop((message.chat, message.reply_to or 0), None)
            if began is not None:  # else it is the second message of an answer
                self.taken.append(now - began)
        self.seen = len(sent)
        return not self.open

    async def burst(self, messages: Sequence[tuple[int, str]]) -> float:
        """Ask everything at once; return how many questions were answered a second."""
        began = time.perf_counter()
        for person, text in messages:
            await self.ask(person, text)
        await self.api.wait_for(self.look, "all answers", TIMEOUT_SECONDS)
        return len(messages) / (time.perf_counter() - began)

    async def evenly(self, messages: Sequence[tuple[int, str]], rate: float) -> Sequence[float]:
        """Ask at a rate a second; return how long each answer took, in seconds."""
        self.taken.clear()
        began = time.perf_counter()
        for number, (person, text) in enumerate(messages[: int(rate * EVEN_LOAD_SECONDS)]):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            await self.ask(person, text)
            self.look()
        await self.api.wait_for(self.look, "all answers", TIMEOUT_SECONDS)
        return self.taken


async def measure(name: str, api: BotApi, traffic: Traffic) -> Measured:
    """Measure the bots that serve `api`, once they have started."""
    asking = Asking(api)
    await asking.ask(_FIRST_PERSON, "你好")
    await api.wait_for(asking.look, "the start", TIMEOUT_SECONDS)
    messages = list(traffic.messages(_FIRST_PERSON + 1))
    half = len(messages) // (2 * traffic.per_person) * traffic.per_person  # nobody asks in both halves
    rate = await asking.burst(messages[:half])
    cut = quantiles(await asking.evenly(messages[half:], rate / 2), n=100)
    return Measured(f"{name}, {traffic.name}", rate, 1000 * cut[49], 1000 * cut[98])


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


async def _echoed(traffic: Traffic) -> Measured:
    async with _home() as (api, _):
        with _echo(api):
            return await measure("echo bot of the library", api, traffic)


async def _polled(traffic: Traffic) -> Measured:
    async with _home() as (api, home):
        settings = settings_of(api, home, BOT_KNOWLEDGE_DIR=str(SHIPPED))
        async with replica_running(settings, home / "log"):
            return await measure("1 replica, polling, SQLite", api, traffic)


async def _delivered(traffic: Traffic, replicas: int, database: str) -> Measured:
    async with _home() as (api, home), AsyncExitStack() as stack:
        for number in range(replicas):
            port = str(free_port())
            url = f"http://127.0.0.1:{port}"
            more = {
                "BOT_KNOWLEDGE_DIR": str(SHIPPED),
                "BOT_DATABASE_URL": database,
                "BOT_WEBHOOK_URL": url,
                "BOT_PORT": port,
                "BOT_HOST": "127.0.0.1",
            }
            await stack.enter_async_context(replica_running(settings_of(api, home, **more), home / f"log{number}"))
            api.deliveries.ways.append(url)
        return await measure(f"{replicas} replicas, webhook, PostgreSQL", api, traffic)


def load() -> Iterator[str]:
    """Measure, and yield the lines of a table."""
    unseen = unseen_questions(SHIPPED)
    single = Traffic("unseen, new chats", unseen)
    limit = asyncio.run(_echoed(single))
    measured = [limit, asyncio.run(_polled(single))]
    measured.append(asyncio.run(_polled(Traffic(f"unseen, {MANY} a chat", unseen, MANY))))
    measured.append(asyncio.run(_polled(Traffic("curated, new chats", curated_questions(SHIPPED, len(unseen))))))
    with postgres.running() as server:
        measured += [asyncio.run(_delivered(single, replicas, server.new_database())) for replicas in (1, 2, 4)]
    yield f"{len(unseen)} questions: half at once, half evenly at half that rate"
    yield f"{'':52}{'a second':>10}{'of echo':>9}{'median ms':>11}{'p99 ms':>9}"
    for one in measured:
        yield f"{one.name:52}{one.rate:10.0f}{one.rate / limit.rate:9.2f}{one.median:11.0f}{one.p99:9.0f}"
