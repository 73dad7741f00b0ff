"""The whole bot on databases as hosts hand them out, and what it says when they stop to serve while it runs."""

from __future__ import annotations

import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.text import Texts
from tests import pooler, tcp_proxy
from tests.botapi import ADA, BOB, BotApi
from tests.crash_harness import settings_of
from tests.postgres import Server
from tests.replica import Replica, free_port, running
from tests.storage.test_hosted_databases import pooled
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]  # the bot is another process

INSERT_REFUSED = "may not read or write the bot's tables"
LONGEST_END_S = 10.0


@asynccontextmanager
async def process(api: BotApi, home: Path, **more: str) -> AsyncIterator[tuple[Replica, httpx.AsyncClient]]:
    """Run a bot as an operator does; yield it, and a client of its pages."""
    port = free_port()
    settings = settings_of(api, home, BOT_HOST="127.0.0.1", BOT_PORT=str(port), BOT_ADMIN_IDS=str(ADA.id), **more)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, running(settings, home / "log") as bot:
        yield bot, client


async def stopped(bot: Replica) -> int:
    """Stop it as hosts do; return the exit code, once it is certain that it came in time."""
    began = time.monotonic()
    bot.signal(signal.SIGTERM)
    code = await bot.ended()
    assert time.monotonic() - began < LONGEST_END_S
    assert "Traceback" not in bot.log
    return code


def warnings_of(bot: Replica) -> list[str]:
    return [line for line in bot.log.splitlines() if " WARNING " in line or " ERROR " in line]


@pytest.mark.timeout(180)
async def test_behind_a_pooler_questions_are_answered_and_nothing_floods_the_log(
    api: BotApi, home: Path, postgres: Server
) -> None:
    async with (
        pooled(postgres, postgres.new_database()) as (made, url),
        process(api, home, DATABASE_URL=f"{url}?sslmode=prefer") as (bot, client),
    ):
        for question in (NUCLEAR, SOLAR, GAS) * 4:
            await api.private_message(BOB, question)
        await api.sent(10, limit=60)
        assert (await client.get("/readyz")).json()["problems"] == []
        code = await stopped(bot)

    assert (code, warnings_of(bot)) == (0, [])
    assert made.transactions > pooler.SIZE
    assert len(bot.log.splitlines()) < 20
    assert "p@ss" not in bot.log


@pytest.mark.timeout(180)
@pytest.mark.parametrize("through_pooler", [False, True])
async def test_a_right_that_is_taken_away_is_told_and_answers_go_on(
    api: BotApi, home: Path, postgres: Server, texts: Texts, through_pooler: bool
) -> None:
    url = postgres.new_database()
    postgres.run(url, GUESTS)
    async with pooler.running(postgres.socket) as (_, port):
        name = url.split("/")[3].partition("?")[0]
        given = f"postgres://tenant@127.0.0.1:{port}/{name}" if through_pooler else url.replace("postgres@", "tenant@")
        async with process(api, home, DATABASE_URL=given) as (bot, client):
            await api.private_message(ADA, NUCLEAR)
            await api.sent(1, limit=60)
            postgres.run(url, "REVOKE INSERT ON ALL TABLES IN SCHEMA public FROM tenant;")
            while (ready := await client.get("/readyz")).status_code == 200:
                pass
            assert INSERT_REFUSED in ready.json()["problems"][0]
            assert "bot_database_unavailable 1.0" in (await client.get("/metrics")).text
            await api.private_message(BOB, SOLAR)
            await api.private_message(ADA, "/diag")
            *_, diagnosis = await api.sent(3, limit=60)
            reason = texts("zh", "database.permission_denied", setting="DATABASE_URL")
            assert texts("zh", "diag.database_away", reason=reason) in [
                line for one in api.world.sent[1:] for line in one.text.splitlines()
            ]
            postgres.run(url, "GRANT INSERT ON ALL TABLES IN SCHEMA public TO tenant;")
            while (await client.get("/readyz")).status_code != 200:
                pass
            assert diagnosis is not None
            code = await stopped(bot)

    assert code == 0
    (told,) = warnings_of(bot)
    assert f"Nothing can be stored: the user of DATABASE_URL {INSERT_REFUSED}" in told


GUESTS = (
    "DO $$ BEGIN CREATE ROLE tenant LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; "
    "GRANT USAGE, CREATE ON SCHEMA public TO tenant;"
)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("through_pooler", [False, True])
async def test_a_database_that_falls_silent_keeps_nobody_from_stopping(
    api: BotApi, home: Path, postgres: Server, through_pooler: bool
) -> None:
    name = postgres.new_database().split("/")[3].partition("?")[0]
    async with (
        pooler.running(postgres.socket) as (_, port),
        tcp_proxy.running(port if through_pooler else postgres.socket) as (line, end),
    ):
        url = f"postgres://postgres@127.0.0.1:{end}/{name}?sslmode=disable"
        async with process(api, home, BOT_DATABASE_URL=url) as (bot, _):
            await api.private_message(ADA, NUCLEAR)
            await api.sent(1, limit=60)
            line.cut()
            await api.private_message(BOB, SOLAR)
            assert await stopped(bot) == 0
            line.mend()

    assert "A connection pooler" in bot.log if through_pooler else "A connection pooler" not in bot.log


@pytest.mark.timeout(180)
async def test_a_file_that_is_damaged_while_the_bot_runs_is_told_once(api: BotApi, home: Path, texts: Texts) -> None:
    async with process(api, home) as (bot, client):
        await api.private_message(ADA, NUCLEAR)
        await api.sent(1, limit=60)
        path = home / "data" / "bot.db"
        for file in (path, path.with_name("bot.db-wal")):  # written over in place, as a failing disk does
            with file.open("r+b") as content:
                content.write(b"\xaa" * file.stat().st_size)
        await api.private_message(BOB, SOLAR)
        await api.private_message(ADA, "/diag")
        await api.sent(3, limit=60)
        reason = texts("zh", "database.file_corrupt", file=path)
        assert texts("zh", "diag.database_away", reason=reason) in "\n".join(one.text for one in api.world.sent[1:])
        assert "move the file" in (await client.get("/readyz")).json()["problems"][0]
        code = await stopped(bot)

    assert code == 0
    assert len([line for line in warnings_of(bot) if "Nothing can be stored" in line]) == 1
    assert len(warnings_of(bot)) <= 2, bot.log
    assert "Defect" not in bot.log


@pytest.mark.timeout(180)
async def test_a_file_that_is_no_database_ends_the_start_with_one_line(api: BotApi, home: Path) -> None:
    path = home / "data" / "bot.db"
    path.write_bytes(b"no database at all, but text " * 500)
    async with process(api, home) as (bot, _):
        assert await bot.ended() == 1

    (told,) = [line for line in bot.log.splitlines() if not line.startswith("20")]
    assert told == (
        f"error: the database file {path} is damaged or none; stop the bot, move the file and those beside it that "
        "end in -wal and -shm away, and start it: it makes a new one"
    )
