"""Bots that are killed at random points under a stream of questions, and what comes of the questions."""

from __future__ import annotations

import asyncio
import random
import tempfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

from bot.text import LANGUAGES
from tests import postgres
from tests.botapi import BotApi, User
from tests.botapi import running as serving_api
from tests.replica import Replica, free_port, running
from tests.telegram import knowledge
from tests.telegram.knowledge import NUCLEAR, SOLAR

PEOPLE = 60
PAUSE = 0.08
"""Seconds between two questions; so nobody asks more than is admitted."""
BACKLOG, EACH = 300, 10
"""Questions that wait where more are asked than can be answered, and of them so many of one person."""
MOST_WAITING = 50
"""Questions that wait at most while a killed bot starts again, so that a busy machine leaves it no larger backlog."""
LONGEST = 1.5
"""Seconds that a bot may live at most, once it answers, before it is killed."""
SEED = 7
TIMEOUT_SECONDS = 60.0
"""Seconds that everything gets to be answered in the end."""

Asking: TypeAlias = Callable[[BotApi], AbstractAsyncContextManager[list[tuple[int, int]]]]
"""Asks while a block runs, and gives chat and message of each question."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a stream of questions."""

    questions: int
    unanswered: int
    repeats: Sequence[int]
    """Of each kill, how many questions it made be answered a second time."""
    unprovoked: int
    """Second answers without a kill after the first."""
    out_of_order: int
    """First answers that came before the answer to an earlier question of the same chat."""

    def __str__(self) -> str:
        return (
            f"{len(self.repeats)} kills, {self.questions} questions: {self.unanswered} unanswered, "
            f"{sum(self.repeats)} answered twice, at most {max(self.repeats)} by one kill "
            f"({' '.join(map(str, self.repeats))}), {self.unprovoked} without any, {self.out_of_order} out of order"
        )


def settings_of(api: BotApi, home: Path, **more: str) -> dict[str, str]:
    """Return the settings of a bot that answers from a small knowledge; its files are in the folder `home`."""
    home.mkdir(exist_ok=True)
    folder = home / "knowledge"
    if not folder.exists():
        knowledge.write(folder)
    return {
        "BOT_TOKEN": api.token,
        "BOT_API_URL": api.url,
        "BOT_KNOWLEDGE_DIR": str(folder),
        "BOT_DATA_DIR": str(home / "data"),
        "BOT_LOG_LEVEL": "INFO",
    } | more


@asynccontextmanager
async def asking_ever_more(api: BotApi) -> AsyncIterator[list[tuple[int, int]]]:
    """Ask so much while the block runs that the bot falls behind; yield chat and message of each."""
    asked: list[tuple[int, int]] = []

    async def ask() -> None:
        while True:
            while len(asked) - len(api.world.sent) < BACKLOG:
                person = User(1000 + len(asked) // EACH, "Somebody", language_code=LANGUAGES[0])
                message = await api.private_message(person, (NUCLEAR, SOLAR)[len(asked) % 2])
                asked.append((person.id, message["message_id"]))
            await asyncio.sleep(PAUSE)

    async with _meanwhile(ask()):
        yield asked


@asynccontextmanager
async def asking(api: BotApi, most_waiting: int | None = None) -> AsyncIterator[list[tuple[int, int]]]:
    """Ask one question after another while the block runs; yield chat and message of each.

    With `most_waiting`, nothing is asked while so many wait for an answer.
    """
    asked: list[tuple[int, int]] = []

    async def ask() -> None:
        while True:
            if most_waiting is None or len(asked) - len(api.world.sent) < most_waiting:
                person = User(1000 + len(asked) % PEOPLE, "Somebody", language_code=LANGUAGES[0])
                message = await api.private_message(person, (NUCLEAR, SOLAR)[len(asked) % 2])
                asked.append((person.id, message["message_id"]))
            await asyncio.sleep(PAUSE)

    async with _meanwhile(ask()):
        yield asked


@asynccontextmanager
async def _meanwhile(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


asking_steadily: Asking = partial(asking, most_waiting=MOST_WAITING)
"""Asks as much as a bot can answer that starts again now and then."""


async def killed_while_polling(home: Path, rounds: int, asking: Asking = asking_steadily) -> Outcome:
    """Kill a bot that polls and keeps everything in a file."""
    async with serving_api() as api, running(settings_of(api, home), home / "bot.log") as bot:
        return await _rounds(api, [bot], rounds, asking)


async def killed_replicas(home: Path, rounds: int, database: str) -> Outcome:
    """Kill one of two replicas that share a PostgreSQL, by turns."""
    async with serving_api() as api, two_replicas(api, home, database) as replicas:
        return await _rounds(api, replicas, rounds, asking_steadily)


@asynccontextmanager
async def two_replicas(api: BotApi, home: Path, database: str) -> AsyncIterator[Sequence[Replica]]:
    """Run two replicas, over which deliveries are spread."""
    async with AsyncExitStack() as stack:
        replicas = []
        for number in range(2):
            port = str(free_port())
            way = f"http://127.0.0.1:{port}"
            more = {"BOT_DATABASE_URL": database, "BOT_WEBHOOK_URL": way, "BOT_PORT": port, "BOT_HOST": "127.0.0.1"}
            replica = running(settings_of(api, home, **more), home / f"bot{number}.log")
            replicas.append(await stack.enter_async_context(replica))
            api.deliveries.ways.append(way)
        yield replicas


def kills(rounds: int) -> Iterator[str]:
    """Kill bots so often each way; yield what came of it."""
    with postgres.running() as server, tempfile.TemporaryDirectory() as home:
        yield f"polling, SQLite: {asyncio.run(killed_while_polling(Path(home) / 'polling', rounds))}"
        replicas = killed_replicas(Path(home) / "webhook", rounds, server.new_database())
        yield f"2 replicas, webhook, PostgreSQL: {asyncio.run(replicas)}"
        behind = killed_while_polling(Path(home) / "behind", rounds, asking_ever_more)
        yield f"polling, SQLite, fallen behind: {asyncio.run(behind)}"


async def _rounds(api: BotApi, replicas: Sequence[Replica], rounds: int, asking: Asking) -> Outcome:
    killed: list[int] = []  # how much had been sent at each
    chance = random.Random(SEED)  # noqa: S311  # it chooses moments, no secrets
    async with asking(api) as asked:
        for number in range(rounds):
            replica = replicas[number % len(replicas)]
            await more_answers(api)
            await asyncio.sleep(chance.uniform(0, LONGEST))
            await replica.kill()
            await replica.start()
            killed.append(len(api.world.sent))
        await more_answers(api)
    return await outcome_of(api, asked, killed)


async def outcome_of(api: BotApi, asked: Sequence[tuple[int, int]], killed: Sequence[int]) -> Outcome:
    """Wait until all is answered, as long as that may take; `killed` is how much had been sent at each kill."""
    missing = set(asked)

    def all_answered() -> bool:
        missing.difference_update((sent.chat, sent.reply_to or 0) for sent in api.world.sent)
        return not missing

    with suppress(AssertionError):
        await api.wait_for(all_answered, "all answers", TIMEOUT_SECONDS)
    *repeats, unprovoked = _second_answers(api, killed)
    return Outcome(len(asked), len(missing), repeats, unprovoked, _out_of_order(api))


async def more_answers(api: BotApi) -> None:
    """Wait for an answer."""
    before = len(api.world.sent)
    await api.wait_for(lambda: len(api.world.sent) > before, "an answer", TIMEOUT_SECONDS)


def _second_answers(api: BotApi, killed: Sequence[int]) -> list[int]:
    """Count the second answers by the kill that came after the first answer; those that none explains come last."""
    counts = [0] * (len(killed) + 1)
    before: dict[tuple[int, int | None], int] = {}
    for number, sent in enumerate(api.world.sent):
        first = before.setdefault((sent.chat, sent.reply_to), number)
        if first < number:
            kill = bisect_right(killed, first)
            counts[kill if kill < len(killed) and killed[kill] <= number else -1] += 1
            before[sent.chat, sent.reply_to] = number
    return counts


def _out_of_order(api: BotApi) -> int:
    first: dict[int, list[int]] = defaultdict(list)
    for sent in api.world.sent:
        if sent.reply_to is not None and sent.reply_to not in first[sent.chat]:
            first[sent.chat].append(sent.reply_to)
    return sum(sum(later < earlier for earlier, later in pairwise(one)) for one in first.values())
