"""No question is lost: not by a failure, not by an outage, not by a stop; and none is answered twice for nothing."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
from sqlalchemy import Connection, event
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.answers.assistant import Assistant
from bot.storage.database import Database
from bot.storage.inbox import depth
from bot.telegram.context import App
from bot.text import Texts
from tests.botapi import ADA, BOB, BotApi, User
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR
from tests.telegram.serving import MakeServices, Serving, serving_with

PADDING = "x" * 100_000
"""More than what is free in the pages of a small file."""


@pytest.fixture(autouse=True)
def at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")


async def test_a_redelivered_update_is_not_answered_again(bot: App, api: BotApi) -> None:
    await api.answer(ADA, NUCLEAR)
    again = Update.de_json(api.world.updates[-1], bot.bot)

    await bot.update_queue.put(again)

    await api.answer(ADA, SOLAR)
    assert len(api.world.sent) == 2


async def test_what_fails_three_times_is_set_aside_and_told_to_admins(bot: App, api: BotApi, texts: Texts) -> None:
    attempts = 0

    async def broken(update: Update, _: object) -> None:
        nonlocal attempts
        attempts += 1
        raise ValueError(update.update_id)

    bot.add_handler(MessageHandler(filters.Regex(NUCLEAR), broken), group=-1)
    await api.private_message(ADA, NUCLEAR)
    await api.sent(2)  # the apology, and what the handlers behind it say
    bot.remove_handler(bot.handlers[-1][0], group=-1)

    told = (await api.answer(ADA, "/diag")).text

    assert attempts == 3
    assert texts("zh", "diag.dead_letters", count=1) in told
    assert "1001: ValueError at " in told


@pytest.mark.slow
async def test_a_long_outage_of_telegram_loses_no_question(bot: App, api: BotApi) -> None:
    api.cut("sendMessage", times=5)
    await api.private_message(ADA, NUCLEAR)
    await api.private_message(ADA, SOLAR)

    first, second = await api.sent(2, limit=30)

    assert first.text.startswith(f"❓ {NUCLEAR}")
    assert second.text.startswith(f"❓ {SOLAR}")
    assert bot.services.health.failures == 0


@pytest.mark.slow
async def test_a_chat_that_has_to_wait_leaves_room_for_the_others(
    api: BotApi, assistant: Assistant, make_services: MakeServices
) -> None:
    async with serving_with(api, make_services(assistant, concurrency=4)) as application:
        api.flood("sendMessage", 4)
        for _ in range(15):
            await api.private_message(ADA, NUCLEAR)
        await api.wait_for(lambda: not api.world.faults, "the flood wait to be told")

        await api.private_message(BOB, "What does Altman think of nuclear power?")

        assert [message.chat for message in await api.sent(1)] == [BOB.id]
        await api.sent(16, limit=30)
        assert application.inbox.worker.in_progress <= 8


async def test_chats_that_wait_for_minutes_keep_neither_slots_nor_room_from_others(
    api: BotApi, assistant: Assistant, make_services: MakeServices
) -> None:
    flooded = [User(800 + number, "Somebody") for number in range(8)]
    async with serving_with(api, make_services(assistant, concurrency=4), grace=0.2) as application:
        api.flood("sendMessage", 130, times=len(flooded))
        for person in flooded:
            for question in (NUCLEAR, SOLAR, GAS):
                await api.private_message(person, question)
        await api.wait_for(lambda: not api.world.faults, "the flood waits to be told")

        await api.answer(BOB, "What does Altman think of nuclear power?")

        assert application.inbox.worker.in_progress <= 2 * len(flooded) + 1, "the rest stays in the inbox"
    assert [message.chat for message in api.world.sent] == [BOB.id], "nobody gets an apology"


@pytest.mark.slow
async def test_an_outage_is_told_once_whoever_it_hits(bot: App, api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    api.fail("sendMessage", 502, "Bad Gateway", times=10)
    for number in range(5):
        await api.private_message(User(100 + number, "Somebody"), NUCLEAR)

    await api.sent(5, limit=30)

    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in told] == ["a request to Telegram failed (Bad Gateway); trying again"]
    assert bot.services.health.failures == 0


async def test_old_questions_get_one_apology_a_chat(api: BotApi, assistant: Assistant, serving: Serving) -> None:
    before = int(time.time()) - 3600
    for question in (NUCLEAR, SOLAR):
        await api.private_message(ADA, question, date=before)
    await api.private_message(BOB, GAS)

    async with serving(api, assistant) as application:
        sent = await api.sent(4)

    late = application.services.texts("zh", "telegram.late")
    assert [message.text == late for message in sent if message.chat == ADA.id] == [True, False, False]
    assert late not in [message.text for message in sent if message.chat == BOB.id]


async def test_what_a_stop_leaves_is_answered_by_the_next_process(
    api: BotApi, assistant: Assistant, serving: Serving, make_services: MakeServices
) -> None:
    api.flood("sendMessage", 130)
    async with serving_with(api, make_services(assistant), grace=0.2):
        await api.private_message(ADA, NUCLEAR)
        await api.private_message(ADA, SOLAR)
        await api.handled()
    assert api.world.sent == []

    async with serving(api, assistant):
        first, second = await api.sent(2)

    assert first.text.startswith(f"❓ {NUCLEAR}")
    assert second.text.startswith(f"❓ {SOLAR}")


@pytest.mark.slow
async def test_a_full_disk_is_told_once_and_answers_come_from_memory(
    api: BotApi, assistant: Assistant, make_services: MakeServices, caplog: pytest.LogCaptureFixture
) -> None:
    services = make_services(assistant)
    disk = Disk()
    await disk.limit(services.database)
    async with serving_with(api, services):
        await api.answer(ADA, "/start")
        disk.pages = 1
        await api.private_message(ADA, NUCLEAR, padding=PADDING)
        await api.private_message(BOB, GAS, padding=PADDING)
        await api.sent(3, limit=30)
        kept = api.world.confirmed
        assert kept < api.world.updates[-1]["update_id"], "what isn't kept isn't confirmed"

        disk.pages = Disk.pages
        await api.handled()
        await api.answer(ADA, SOLAR)

    assert len(api.world.sent) == 4, "what was answered from memory isn't answered again"
    told = [record.getMessage() for record in caplog.records if record.name == "bot.storage.database_health"]
    assert [line for line in told if "Nothing can be stored" in line] == [
        (
            "Nothing can be stored: the disk of the database is full; make room. "
            "Until it can, answers come from memory alone"
        )
    ]
    assert sum("serves again" in line for line in told) == 1


class Disk:
    """Limits the size of a file; SQLite reports then what it reports where the disk is full."""

    pages = 1_000_000

    async def limit(self, database: Database) -> None:
        """Limit a database that nobody uses yet: listeners can't be added while others run through them."""
        engine = await database.read(lambda connection: connection.engine)
        event.listen(engine, "begin", self._limit)

    def _limit(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")


async def test_the_inbox_is_empty_in_the_end(bot: App, api: BotApi) -> None:
    await asyncio.gather(*(api.private_message(person, NUCLEAR) for person in (ADA, BOB) * 5))
    await api.sent(10)
    await bot.update_queue.join()

    await api.wait_for(lambda: bot.inbox.worker.in_progress == 0, "the ends to be noted")
    found = None
    while found is None or found.oldest is not None:
        found = await bot.services.database.read(depth)
    assert (found.waiting, found.dead_letters) == (0, 0)
