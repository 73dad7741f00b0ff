"""The schema comes up to date by itself, transactions hold, and every failure is told in one line."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import OperationalError

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.driver_errors import translate_errors
from bot.storage.migrations import HEAD
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.schema import INBOX, METADATA
from bot.storage.sqlite import create_file

LIMIT_SECONDS = 10.0


def insert_row(connection: Connection) -> None:
    connection.execute(insert(INBOX).values(update_id=1, chat=2, content="{}", received_at=3.5))


def stored_rows(connection: Connection) -> Sequence[int]:
    return connection.execute(select(INBOX.c.update_id)).scalars().all()


async def test_two_replicas_may_start_at_once_on_an_empty_database(url: str) -> None:
    replicas = [Database(url) for _ in range(4)]

    await asyncio.gather(*(replica.upgrade() for replica in replicas))

    await replicas[0].write(insert_row)
    assert await replicas[1].read(stored_rows) == [1]
    for replica in replicas:
        await replica.close()


def test_a_new_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "bot.db"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create_file, [path] * 40))

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    assert list(path.parent.iterdir()) == [path]


def test_the_newest_version_is_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", "bot.storage:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    assert await database.read(differences) == []


@pytest.mark.parametrize("durable", [True, False])
async def test_a_failure_takes_the_whole_transaction_back(database: Database, durable: bool) -> None:
    def broken(connection: Connection) -> None:
        insert_row(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(broken, durable=durable)

    assert await database.read(stored_rows) == []


async def test_a_brief_read_waits_for_no_long_one(tmp_path: Path) -> None:
    database, may_end = Database(f"sqlite:///{tmp_path}/bot.db"), threading.Event()
    await database.upgrade()
    await database.write(insert_row)
    long_reads = [asyncio.create_task(database.read(lambda _: may_end.wait(LIMIT_SECONDS))) for _ in range(20)]
    await asyncio.sleep(0)  # each has asked for a thread

    assert await database.read(stored_rows, brief=True) == [1]
    assert not any(task.done() for task in long_reads)
    may_end.set()
    await asyncio.gather(*long_reads)
    await database.close()


async def test_a_brief_read_of_a_locked_file_is_made_again_where_it_may_wait(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    await database.upgrade()
    threads: list[threading.Thread] = []

    def read(_: Connection) -> str:
        threads.append(threading.current_thread())
        if threads == [threading.main_thread()]:
            raise OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))
        return "read"

    assert await database.read(read, brief=True) == "read"
    assert threading.main_thread() not in threads[1:]
    await database.close()


async def test_readers_do_not_wait_for_a_writer(upgraded_url: str, database: Database) -> None:
    inserted, seen = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        insert_row(connection)
        inserted.set()
        assert seen.wait(LIMIT_SECONDS)

    async def write() -> None:
        other = Database(upgraded_url)
        await other.write(slow)
        await other.close()

    writing = asyncio.create_task(asyncio.to_thread(asyncio.run, write()))
    assert await asyncio.to_thread(inserted.wait, LIMIT_SECONDS)
    try:
        assert await database.read(stored_rows) == []
    finally:
        seen.set()
        await writing
    assert await database.read(stored_rows) == [1]


async def test_a_long_read_keeps_no_short_one_waiting(tmp_database: Database) -> None:
    started, ended = threading.Event(), threading.Event()

    def long(connection: Connection) -> bool:
        stored_rows(connection)
        started.set()
        return ended.wait(LIMIT_SECONDS)

    reading = asyncio.create_task(tmp_database.read(long))
    assert await asyncio.to_thread(started.wait, LIMIT_SECONDS)
    assert await tmp_database.read(stored_rows) == []
    ended.set()
    assert await reading


async def test_a_database_of_a_newer_bot_is_refused_with_advice(database: Database) -> None:
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    await database.write(lambda connection: connection.execute(newer))

    with pytest.raises(StorageError, match="newer version of the bot"):
        await database.upgrade()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql+asyncpg://bot:hunter2@127.0.0.1:9/bot", "can't be reached"),
        ("postgresql+asyncpg://bot:hunter2@/bot?host=/nowhere", "can't be reached"),
    ],
)
async def test_a_database_that_is_away_is_told_without_its_password(url: str, says: str) -> None:
    database = Database(url)
    with pytest.raises(StorageError, match=says) as refused:
        await database.upgrade()
    assert "hunter2" not in str(refused.value)
    await database.close()


async def test_a_missing_database_is_told_apart(postgres_url: str) -> None:
    database = Database(postgres_url.replace("/bot_", "/no_bot_"))
    with pytest.raises(StorageError, match="create it"):
        await database.upgrade()
    await database.close()


async def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    database = Database(f"sqlite:///{tmp_path / 'data' / 'bot.db'}")
    with pytest.raises(StorageError, match="BOT_DATA"):
        await database.upgrade()
    await database.close()


@pytest.mark.parametrize("complaint", ["disk I/O error", "locking protocol"])
def test_a_network_share_that_cannot_hold_a_database_is_told_with_its_remedy(complaint: str) -> None:
    with pytest.raises(StorageError, match=r"network share .* local disk"), translate_errors():
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError(complaint))


def test_names_are_steady_and_belong_to_the_token() -> None:
    names, others = Pseudonyms(SecretStr("1:one")), Pseudonyms(SecretStr("2:two"))

    assert names.of("chat", 5) == Pseudonyms(SecretStr("1:one")).of("chat", 5)
    assert len({names.of("chat", 5), names.of("person", 5), names.of("chat", 6), others.of("chat", 5)}) == 4
    assert all(-(2**63) <= names.of(number) < 2**63 for number in range(100))
