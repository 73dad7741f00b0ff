"""Databases as hosts hand them out: each works, or is told at the start in one line with its remedy."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from bot.errors import StorageError
from bot.storage import leader_election, notifications
from bot.storage.database import Database
from bot.storage.inbox_worker import InboxWorker
from bot.storage.write_behind import WriteBehindStore
from tests import pooler
from tests.builders import upgrade
from tests.postgres import Server

pytestmark = pytest.mark.slow

GUEST = "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in which nothing can be made."""
    tmp_path.chmod(0o500)
    yield tmp_path
    tmp_path.chmod(0o700)


async def refusal_of(url: str, variable: str = "BOT_DATABASE_URL") -> str:
    """Return what a start says of a database that it refuses."""
    with pytest.raises(StorageError) as refused:
        await upgrade(url, variable)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def as_guest(url: str) -> str:
    return url.replace("postgres@", "guest@")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
@pytest.mark.parametrize(
    "parameters",
    [
        "sslmode=require&channel_binding=require",
        "sslmode=prefer&application_name=bot&connect_timeout=5&target_session_attrs=read-write",
        "options=-c%20statement_timeout%3D5s&schema=public&connection_limit=1",
        "pgbouncer=true",
    ],
)
async def test_a_url_as_hosts_hand_it_out_works(postgres_url: str, scheme: str, parameters: str) -> None:
    await upgrade(f"{postgres_url.replace('postgresql+asyncpg', scheme)}&{parameters}")


async def test_a_server_without_tls_is_told_apart(postgres: Server, postgres_url: str) -> None:
    name = postgres_url.split("/")[3].partition("?")[0]
    async with pooler.running(postgres.socket) as (_, port):
        await upgrade(f"postgres://postgres@127.0.0.1:{port}/{name}?sslmode=prefer")
        told = await refusal_of(f"postgres://postgres:hunter2@127.0.0.1:{port}/{name}?sslmode=require")

    assert told == "the database doesn't speak TLS; set sslmode=prefer in BOT_DATABASE_URL"


async def test_a_user_that_may_make_no_tables_is_told_what_to_grant(postgres: Server, postgres_url: str) -> None:
    name = postgres_url.split("/")[3].partition("?")[0]
    postgres.run(
        postgres_url, f"{GUEST} REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO guest;"
    )

    assert await refusal_of(as_guest(postgres_url)) == (
        f"the user guest may not make the bot's tables in the database {name}; as its owner run there: "
        "GRANT USAGE, CREATE ON SCHEMA public TO guest"
    )

    postgres.run(postgres_url, "GRANT USAGE, CREATE ON SCHEMA public TO guest;")
    await upgrade(as_guest(postgres_url))


async def test_a_user_that_may_make_no_tables_needs_to_make_none_that_are_there(
    postgres: Server, postgres_url: str
) -> None:
    await upgrade(postgres_url)
    postgres.run(postgres_url, GUEST)

    assert "GRANT SELECT, INSERT" in await refusal_of(as_guest(postgres_url))

    postgres.run(postgres_url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest;")
    await upgrade(as_guest(postgres_url))


@pytest.mark.parametrize("variable", ["DATABASE_URL", "BOT_DATABASE_URL"])
async def test_a_refusal_names_the_variable_that_is_set(postgres: Server, postgres_url: str, variable: str) -> None:
    name = postgres_url.split("/")[3].partition("?")[0]
    postgres.run(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on;")
    latin = postgres.new_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")

    refusals = [
        await refusal_of("postgres://bot@127.0.0.1:9/bot", variable),
        await refusal_of(postgres_url.replace("/bot_", "/no_bot_"), variable),
        await refusal_of(postgres_url, variable),
        await refusal_of(latin, variable),
    ]

    assert [f" {variable}" in refusal for refusal in refusals] == [True] * 4


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_an_encoding_without_chinese_is_told(postgres: Server, encoding: str) -> None:
    told = await refusal_of(postgres.new_database(f"ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"))

    assert f"keeps text as {encoding}" in told
    assert "CREATE DATABASE bot ENCODING 'UTF8' TEMPLATE template0" in told


@pytest.mark.parametrize("up_to_date", [True, False])
async def test_a_database_that_can_only_be_read_is_told(postgres: Server, postgres_url: str, up_to_date: bool) -> None:
    if up_to_date:
        await upgrade(postgres_url)
    name = postgres_url.split("/")[3].partition("?")[0]
    postgres.run(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on;")

    assert (await refusal_of(postgres_url)).startswith("the database can only be read; name the primary")
    assert "primary" in await refusal_of(f"{postgres_url}&target_session_attrs=read-write")


@pytest.mark.parametrize("blocked", ["", "deep"])
async def test_a_data_folder_that_cannot_be_written_is_told_as_that(tmp_path: Path, blocked: str) -> None:
    (tmp_path / "data").write_text("not a folder")

    path = tmp_path / "data" / blocked / "bot.db"
    told = await refusal_of(f"sqlite:///{path}")

    assert told.startswith(f"the database file {path} can't be opened or written; check the permissions of the folder")
    assert "BOT_DATA_DIR" in told


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
async def test_a_data_folder_of_somebody_else_is_told_as_that(closed_folder: Path) -> None:
    assert "BOT_DATA_DIR" in await refusal_of(f"sqlite:///{closed_folder / 'data' / 'bot.db'}")


@pytest.mark.parametrize("content", [b"no database at all, but text " * 500, b"SQLite format 3\0" + b"\xff" * 8192])
async def test_a_file_that_is_no_database_is_told_with_what_to_move(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bot.db"
    path.write_bytes(content)

    told = await refusal_of(f"sqlite:///{path}")

    assert told.startswith(f"the database file {path} is damaged or none; stop the bot, move the file")
    path.unlink()
    await upgrade(f"sqlite:///{path}")


@asynccontextmanager
async def pooled(server: Server, url: str) -> AsyncIterator[tuple[pooler.Pooler, str]]:
    """Put a pooler before a database; yield it, and the URL that leads through it."""
    name = url.split("/")[3].partition("?")[0]
    async with pooler.running(server.socket) as (made, port):
        yield made, f"postgres://postgres:{quote('p@ss')}@127.0.0.1:{port}/{name}"


async def test_a_pooler_is_seen_without_being_told_of(postgres: Server, postgres_url: str) -> None:
    async with pooled(postgres, postgres_url) as (made, url):
        database, direct = Database(url), Database(postgres_url)
        await database.upgrade()
        await direct.upgrade()
        for _ in range(3 * pooler.SIZE):
            for run in (database.write, database.read):
                assert await run(lambda connection: connection.execute(text("SELECT 1")).scalar_one()) == 1
        assert (database.pooled, direct.pooled) == (True, False)
        assert made.transactions > 6 * pooler.SIZE
        await database.close()
        await direct.close()


async def test_behind_a_pooler_changes_are_looked_for(postgres: Server, postgres_url: str) -> None:
    async with pooled(postgres, postgres_url) as (_, url):
        database, seen = Database(url), asyncio.Event()
        await database.upgrade()
        listening = asyncio.create_task(notifications.listen(database, {notifications.PHRASINGS: seen.set}))
        for _ in range(2):
            await asyncio.wait_for(seen.wait(), 10)
            seen.clear()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await database.close()


async def test_behind_a_pooler_one_replica_has_the_turn_and_the_next_takes_over(
    postgres: Server, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with pooled(postgres, postgres_url) as (_, url):
        databases = [Database(url), Database(url)]
        began, stops, clerks, turning = asyncio.Queue[str](), [], [], []
        for name, database in zip(("elder", "younger"), databases, strict=True):
            await database.upgrade()
            clerk, stop = InboxWorker(database, name, WriteBehindStore(database), lambda _: None, 4), asyncio.Event()
            await clerk.start()
            clerks.append(clerk)
            stops.append(stop)

            async def work(over: asyncio.Event, name: str = name) -> None:
                began.put_nowait(name)
                await over.wait()

            turning.append(asyncio.create_task(leader_election.run_as_leader(database, name, work, stop, "it works")))
            assert await asyncio.wait_for(began.get(), 10) == "elder" if name == "elder" else began.empty()
        stops[0].set()
        await turning[0]
        assert began.empty()
        await clerks[0].stop()
        assert await asyncio.wait_for(began.get(), 10) == "younger"
        stops[1].set()
        await turning[1]
        await clerks[1].stop()
        for database in databases:
            await database.close()
    assert caplog.messages == []
