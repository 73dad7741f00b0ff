"""What arrives and what ends is written side by side: all that has come up at once, and in one transaction."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, func, insert, select

from bot.errors import StorageError
from bot.storage import history
from bot.storage.completions import CompletionWriter
from bot.storage.database import Database
from bot.storage.database_health import DatabaseHealth
from bot.storage.history import Exchange, Forgotten, without_names
from bot.storage.inbox import Completion, Inbox, IncomingUpdate
from bot.storage.preferences import ChatSettings, Preferences
from bot.storage.schema import INBOX
from bot.storage.state_loader import LoadedState, StateKeys, StateLoader
from bot.storage.write_behind import TABLES, ConversationRow, LimitRow, SentAnswerRow, WriteBehindStore

TOPIC = ConversationRow(11, 1, ("talk/one",), frozenset({"talk/one", "talk/two"}), 1000.5)
TOKENS = LimitRow(12, 3.25, notified=True, at=1000.25)
GIVEN = SentAnswerRow(1, 7, (6, 7), 99, 5, 98, 1000.125, ("talk/one", "talk/two"), "answered", 13)
EXCHANGE = Exchange(
    13, 1000.75, 1, "private", 12, "typed", '核能\n🙂 怎么"看\\', "zh", "answered", ("talk/one",), 0.5, 1.25
)


def ends(database: Database, memories: WriteBehindStore) -> CompletionWriter:
    return CompletionWriter(database, Inbox("one"), memories, DatabaseHealth(), lambda: False)


async def statements(database: Database) -> list[str]:
    """Return a list that grows with every statement."""
    seen: list[str] = []
    engine = await database.read(lambda connection: connection.engine)
    event.listen(engine, "before_cursor_execute", lambda *heard: seen.append(str(heard[2])))
    return seen


async def in_hand(database: Database, *numbers: int) -> None:
    arrived = [IncomingUpdate(number, number, "{}", 1.0) for number in numbers]
    await database.write(lambda connection: Inbox("one").enqueue(connection, arrived, claimed=True))


@pytest.mark.parametrize("under_way", [False, True], ids=["pending", "being written"])
async def test_what_is_forgotten_is_not_written_afterwards(database: Database, *, under_way: bool) -> None:
    memories = WriteBehindStore(database)
    in_group = ConversationRow(15, 2, ("talk/one",), frozenset(), 1000.5)
    of_others = (replace(EXCHANGE, id=14, chat=2, asker=99), replace(in_group, conversation=16))
    for note in (TOPIC, in_group, TOKENS, GIVEN, EXCHANGE, *of_others):
        memories.put(note)
    writing = ends(database, memories)
    writing.unstored[1] = IncomingUpdate(1, 1, "{}", 1.0)  # stored first, in a transaction of its own
    write = asyncio.create_task(writing.write()) if under_way else None
    await asyncio.sleep(0)

    assert await memories.forget(12, 1, 15) == Forgotten(questions=1, votes=0)
    await (write or writing.write())

    assert await rows_by_table(database) == {"answers": 0, "conversations": 1, "history": 1, "limits": 1}


async def rows_by_table(database: Database) -> dict[str, int]:
    counts = {table.name: select(func.count()).select_from(table) for table in TABLES}
    return await database.read(
        lambda connection: {name: connection.execute(count).scalar_one() for name, count in counts.items()}
    )


async def test_what_an_answer_leaves_behind_is_written_with_its_end(database: Database) -> None:
    memories = WriteBehindStore(database)
    await in_hand(database, 1, 2, 3)
    for note in (TOPIC, TOKENS, GIVEN, EXCHANGE):
        memories.put(note)
    writing = ends(database, memories)
    noted = [writing.record(Completion(1, "done", 5.5)), writing.record(Completion(2, "aside", 6.5, 3, "broken"))]
    waiting = asyncio.gather(*noted)
    await asyncio.sleep(0)

    await writing.write()

    await waiting
    rows = await database.read(lambda connection: connection.execute(select(INBOX).order_by(INBOX.c.update_id)).all())
    assert [(row.state, row.content, row.ended_at, row.failures, row.error, row.owner) for row in rows] == [
        ("done", None, 5.5, 0, None, None),
        ("aside", "{}", 6.5, 3, "broken", None),
        ("waiting", "{}", None, 0, None, "one"),
    ]
    found = await StateLoader(database).load(StateKeys(11, (12,), None, None))
    assert (found.conversation, found.limits) == (TOPIC, (TOKENS,))
    assert await memories.answer_to(1, 5) == GIVEN
    assert await history.find(database, 13) == EXCHANGE
    assert memories.pending() == {}


async def test_an_answer_is_found_by_each_of_its_messages_and_by_its_question(database: Database) -> None:
    memories = WriteBehindStore(database)
    others = [replace(GIVEN, last=last, messages=(last,), question=None) for last in (60, 67, 76)]
    later = replace(GIVEN, last=16, messages=(17, 16), question=15, entries=(), status=None, exchange=None)
    for note in (GIVEN, *others, later, replace(GIVEN, chat=2, messages=(8, 7), question=9)):
        memories.put(note)
    await ends(database, memories).write()

    assert [await memories.answer_containing(1, message) for message in (5, 6, 7)] == [GIVEN] * 3
    assert [await memories.answer_containing(1, message) for message in (15, 16, 17)] == [later] * 3
    assert [await memories.answer_containing(1, message) for message in (8, 9, 1)] == [None] * 3


async def test_what_is_noted_again_takes_the_place_of_what_was(database: Database) -> None:
    memories = WriteBehindStore(database)
    writing = ends(database, memories)
    for tokens in (3.0, 2.0):
        memories.put(replace(TOKENS, tokens=tokens))
        await in_hand(database, int(tokens))
        writing.stop()
        await writing.write()

    found = await StateLoader(database).load(StateKeys(11, (12,), None, None))

    assert found.limits == (replace(TOKENS, tokens=2.0),)


async def test_what_is_forgotten_is_deleted(database: Database) -> None:
    memories = WriteBehindStore(database)
    writing = ends(database, memories)
    memories.put(GIVEN)
    writing.stop()
    await writing.write()

    memories.delete_answer(GIVEN.chat, GIVEN.last)
    await writing.write()

    assert await memories.answer_to(1, 5) is None


async def test_on_postgresql_ends_are_one_statement(postgres_url: str) -> None:
    database = Database(postgres_url)
    await database.upgrade()
    memories = WriteBehindStore(database)
    for note in (TOPIC, TOKENS, GIVEN, EXCHANGE):
        memories.put(note)
    seen = await statements(database)

    await ends(database, memories).write()

    assert len(seen) == 1
    await database.close()


async def test_updates_that_come_side_by_side_are_looked_up_together(database: Database) -> None:
    memories = WriteBehindStore(database)
    for number in range(20):
        memories.put(replace(TOPIC, conversation=number, at=float(number)))
    await ends(database, memories).write()
    recall, seen = StateLoader(database), await statements(database)

    found = await asyncio.gather(*(recall.load(StateKeys(number, (number,), number, None)) for number in range(20)))

    assert [one.conversation.at for one in found if one.conversation is not None] == [
        float(number) for number in range(20)
    ]
    assert len([one for one in seen if one.startswith("SELECT")]) == 1


async def test_each_gets_what_is_its_own(database: Database) -> None:
    settings = ChatSettings("en", quiet=True, topic=4)
    preferences = Preferences(database)
    await preferences.save_language(12, "zh-Hant")
    await preferences.save_settings(-1, settings)
    recall = StateLoader(database)

    wanted = [StateKeys(11, (12, -1), 12, -1), StateKeys(12, (), None, None), StateKeys(-1, (12,), -1, 12)]
    found = await asyncio.gather(*map(recall.load, wanted))

    assert found == [
        LoadedState(None, (), "zh-Hant", settings),
        LoadedState(None, (), None, ChatSettings()),
        LoadedState(None, (), None, ChatSettings()),
    ]


async def test_whoever_looks_up_is_told_that_the_database_is_away(tmp_path: Path) -> None:
    recall = StateLoader(Database(f"postgresql+asyncpg:///bot?host={tmp_path}"))

    found = await asyncio.gather(
        *(recall.load(StateKeys(one, (), None, None)) for one in (1, 2)), return_exceptions=True
    )

    assert [type(one) for one in found] == [StorageError, StorageError]


async def test_a_file_that_another_process_writes_keeps_nobody_else_waiting(
    tmp_database: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        row = {"update_id": 1, "chat": 2, "content": "{}", "received_at": 3.5}
        writing = asyncio.create_task(
            tmp_database.write(lambda connection: connection.execute(insert(INBOX).values(row)), durable=False)
        )
        await asyncio.sleep(0)
        assert not writing.done()
        other.execute("COMMIT")

    await writing
    assert await tmp_database.read(lambda connection: connection.execute(select(INBOX.c.update_id)).scalar_one()) == 1


def test_trouble_is_over_once_all_can_write_who_could_not(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    trouble = DatabaseHealth()
    trouble.failed("one", StorageError("full"))
    trouble.failed("two", StorageError("full"))
    reasons = [trouble.failure_reason]
    for writer in ("one", "two", "two"):
        trouble.recovered(writer)
        reasons.append(trouble.failure_reason)

    assert reasons == ["full", "full", None, None]
    assert [record.getMessage() for record in caplog.records] == [
        "Nothing can be stored: full. Until it can, answers come from memory alone",
        "The database serves again; what was answered meanwhile is stored",
    ]


def test_a_defect_is_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    trouble = DatabaseHealth()
    trouble.failed("one", ValueError("what somebody asked"))

    assert trouble.failure_reason == "a defect, ValueError"
    assert trouble.failure is not None
    assert (trouble.failure.kind, trouble.failure.values) == ("defect", {"name": "ValueError"})
    assert "what somebody asked" not in caplog.text


def test_what_no_database_takes_is_not_kept() -> None:
    assert without_names("核\0能 \ud800") == "核 能 ?"
