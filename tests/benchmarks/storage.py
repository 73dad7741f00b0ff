"""How long the database takes to note that questions were answered, each way of writing it beside the other."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import TypeAlias

from sqlalchemy import Connection

from bot.storage import completion_batch
from bot.storage.database import Database
from bot.storage.history import Exchange
from bot.storage.inbox import Completion, Inbox, IncomingUpdate
from bot.storage.schema import DONE
from bot.storage.write_behind import ConversationRow, LimitRow, Records, SentAnswerRow, WriteBehindStore
from tests import postgres
from tests.benchmarks.table import table

ROUNDS = 200
ANSWERS = (1, 8, 32)
"""Numbers of answers that are noted with one write."""
AT = 1.7e9

Write: TypeAlias = Callable[[Connection, Sequence[Completion], Records], None]


@dataclass(frozen=True)
class Way:
    """A way of writing completions."""

    write: Write
    """Writes them within a transaction."""
    one_statement: bool
    """Whether it is a single statement, which needs no transaction around it."""


BY_TABLE = Way(completion_batch.write_by_table, one_statement=False)
AS_ONE = Way(completion_batch.write, one_statement=True)


def storage() -> Iterator[str]:
    """Measure on a file and on a PostgreSQL server of this machine; yield the lines of a table."""
    rows = asyncio.run(_measure_all())
    yield from table(("milliseconds a write, half of the time", *(f"{number} answers" for number in ANSWERS)), rows)


async def _measure_all() -> list[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        in_file = await _measure(f"sqlite:///{Path(folder) / 'bot.db'}", {"SQLite": BY_TABLE})
    with postgres.running() as server:
        ways = {"PostgreSQL, one statement": AS_ONE, "PostgreSQL, statements by table": BY_TABLE}
        return [*in_file, *await _measure(server.new_database(), ways)]


async def _measure(url: str, ways: Mapping[str, Way]) -> list[tuple[str, ...]]:
    """Return a row a way; the ways take turns, so that a busy moment of the machine hits all."""
    database, numbers = Database(url), count(1)
    await database.upgrade()
    taken: dict[tuple[str, int], list[float]] = {(name, size): [] for name in ways for size in ANSWERS}
    for size in ANSWERS:
        for _ in range(ROUNDS):
            for name, way in ways.items():
                taken[name, size].append(await _write(database, way, [next(numbers) for _ in range(size)]))
    await database.close()
    return [(name, *(f"{1000 * median(taken[name, size]):.2f}" for size in ANSWERS)) for name in ways]


async def _write(database: Database, way: Way, numbers: Sequence[int]) -> float:
    """Note that the questions of these numbers were answered; return how long it took, in seconds."""
    arrived = [IncomingUpdate(number, number, "x" * 300, AT) for number in numbers]
    await database.write(partial(Inbox("one").enqueue, arrived=arrived, claimed=True), durable=False)
    store = WriteBehindStore(database)
    for number in numbers:
        _remember(store, number)
    completions = [Completion(number, DONE, AT) for number in numbers]
    records = store.pending()
    began = time.perf_counter()
    await database.write(
        lambda connection: way.write(connection, completions, records), durable=False, one_statement=way.one_statement
    )
    return time.perf_counter() - began


def _remember(store: WriteBehindStore, number: int) -> None:
    """Put what an answer leaves behind into the store."""
    keys = ("talk/nuclear",)
    store.put(Exchange(number, AT, number, "private", number, "typed", "怎么看核能", "zh", "answered", keys, 0.9, 1.2))
    store.put(ConversationRow(number, number, keys, frozenset(keys), AT))
    store.put(LimitRow(number, 9.0, notified=False, at=AT))
    store.put(SentAnswerRow(number, 1, (1,), 5, 2, 7, AT, keys, "answered", number))
