"""Updates are kept until they are handled, in the hands of one replica a chat, and handed on when it dies."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, select, update

from bot.storage import completion_batch, retention
from bot.storage.database import Database
from bot.storage.inbox import MAX_CRASHES, Completion, Inbox, IncomingUpdate, depth
from bot.storage.schema import DEAD_LETTER, DONE, INBOX, REPLICAS


def arrived(update_id: int, chat: int) -> IncomingUpdate:
    return IncomingUpdate(update_id, chat, f'{{"update_id": {update_id}}}', 1000.0 + update_id)


class Replica:
    """A replica that does one thing a transaction."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._inbox = Inbox(name)

    async def start(self) -> int:
        def begin(connection: Connection) -> int:
            self._inbox.heartbeat(connection)
            return self._inbox.reclaim(connection)

        return await self._database.write(begin)

    async def enqueue(self, *updates: IncomingUpdate) -> None:
        await self._database.write(lambda connection: self._inbox.enqueue(connection, updates, claimed=False))

    async def claim(self, limit: int = 10) -> list[int]:
        claimed = await self._database.write(lambda connection: self._inbox.claim(connection, limit))
        return [each.update_id for each in claimed]

    async def complete(self, *update_ids: int, error: str | None = None) -> None:
        completions = [
            Completion(update_id, DEAD_LETTER if error else DONE, time.time(), 3, error) for update_id in update_ids
        ]
        await self._database.write(lambda connection: completion_batch.write(connection, completions, {}))

    async def release(self) -> None:
        await self._database.write(self._inbox.release)


@pytest.fixture
async def first(database: Database) -> Replica:
    replica = Replica(database, "first")
    await replica.start()
    return replica


async def contents(database: Database) -> Sequence[tuple[int, str, str | None]]:
    query = select(INBOX.c.update_id, INBOX.c.state, INBOX.c.content).order_by(INBOX.c.update_id)
    return await database.read(lambda connection: [tuple(row) for row in connection.execute(query)])


async def test_what_is_enqueued_comes_out_once_and_in_order(first: Replica) -> None:
    await first.enqueue(arrived(3, 1), arrived(1, 2), arrived(2, 1))

    assert await first.claim(2) == [1, 2]
    assert await first.claim() == [3]
    assert await first.claim() == []


async def test_a_redelivery_is_dropped_even_after_its_end(first: Replica) -> None:
    await first.enqueue(arrived(1, 1))
    await first.enqueue(arrived(1, 1))
    assert await first.claim() == [1]
    await first.complete(1)

    await first.enqueue(arrived(1, 1), arrived(2, 1))

    assert await first.claim() == [2]


async def test_the_words_are_dropped_with_the_end_unless_it_is_a_dead_letter(
    database: Database, first: Replica
) -> None:
    await first.enqueue(arrived(1, 1), arrived(2, 2))
    await first.claim()
    await first.complete(1)
    await first.complete(2, error="ValueError at somewhere")

    assert await contents(database) == [(1, "done", None), (2, "aside", '{"update_id": 2}')]
    inbox = await database.read(depth)
    assert (inbox.waiting, inbox.oldest, inbox.dead_letters) == (0, None, 1)
    assert inbox.errors == ((2, "ValueError at somewhere"),)


async def test_a_chat_is_in_the_hands_of_one_replica(postgres_url: str) -> None:
    database = Database(postgres_url)
    await database.upgrade()
    first, second = Replica(database, "first"), Replica(database, "second")
    await first.start()
    await second.start()
    await first.enqueue(arrived(1, 1), arrived(2, 1), arrived(3, 2), arrived(4, 1))

    assert await first.claim(1) == [1]
    assert await second.claim() == [3], "the chat of the others is busy"
    await first.complete(1)
    assert await second.claim(1) == [2]
    assert await first.claim() == []
    await second.release()
    assert await first.claim() == [2, 3, 4]
    await database.close()


async def test_what_a_dead_replica_had_in_hand_goes_to_another(postgres_url: str) -> None:
    database = Database(postgres_url)
    await database.upgrade()
    first, second = Replica(database, "first"), Replica(database, "second")
    await first.start()
    await first.enqueue(arrived(1, 1))
    assert await first.claim() == [1]
    assert await second.start() == 0, "it lives"

    silent = update(REPLICAS).where(REPLICAS.c.id == "first").values(beat_at=REPLICAS.c.beat_at - 9)
    await database.write(lambda connection: connection.execute(silent))

    assert await second.start() == 1
    assert await second.claim() == [1]
    await database.close()


async def test_a_process_takes_up_what_the_one_before_it_left(database: Database, first: Replica) -> None:
    if database.shared:
        pytest.skip("there, only silence tells that a replica is dead")
    await first.enqueue(arrived(1, 1))
    await first.claim()

    after = Replica(database, "after")
    assert await after.start() == 1
    assert await after.claim() == [1]


async def test_what_kills_every_process_is_given_up(tmp_database: Database) -> None:
    replica = Replica(tmp_database, "0")
    await replica.start()
    await replica.enqueue(arrived(1, 1))
    for number in range(MAX_CRASHES):
        assert await replica.claim() == [1]
        replica = Replica(tmp_database, str(number + 1))
        await replica.start()

    assert await replica.claim() == []
    assert (await tmp_database.read(depth)).errors == ((1, "the bot died each time that it handled this"),)


async def test_what_is_old_is_forgotten(database: Database, first: Replica) -> None:
    now = time.time()
    await first.enqueue(arrived(1, 1), arrived(2, 2), arrived(3, 3), arrived(4, 4))
    await first.claim()
    await first.complete(1, 2)
    await first.complete(3, error="broken")
    old = update(INBOX).where(INBOX.c.update_id.in_((1, 3))).values(ended_at=now - 3 * retention.DAY_SECONDS)
    await database.write(lambda connection: connection.execute(old))

    await retention.delete_expired(database, 30, now)
    assert [number for number, *_ in await contents(database)] == [2, 3, 4]

    await retention.delete_expired(database, 30, now + 31 * retention.DAY_SECONDS)
    assert [number for number, *_ in await contents(database)] == [4], "what waits is never forgotten"
