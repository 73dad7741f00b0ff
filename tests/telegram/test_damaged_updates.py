"""Whatever Telegram sends, nothing stops: what can't be read is stored as a dead letter, and the rest is answered."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import AsyncIterator

import pytest
from telegram import Update

from bot.answers.assistant import Assistant
from bot.storage.inbox import Inbox, IncomingUpdate, depth
from bot.telegram.client import raw_update, read_update, split_updates
from bot.telegram.context import App
from bot.telegram.updates import HttpServerConfig, chat_of
from bot.telegram.updates.polling import next_offset
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi, User, running
from tests.telegram.damage import PRIVATE_WORDS, damaged, sound
from tests.telegram.knowledge import NUCLEAR, SOLAR
from tests.telegram.serving import MakeServices, Serving, dead_letters, serving_with

pytestmark = pytest.mark.slow

MANY = 1200
"""Damaged updates of a run."""
POLL_OF_AN_OLDER_SERVER = (
    b'{"update_id":%d,"poll":{"id":"5","question":"' + PRIVATE_WORDS.encode() + b'","options":[],'
    b'"total_voter_count":0,"is_closed":false,"is_anonymous":true,"type":"regular","allows_multiple_answers":false,"members_only":false}}'
)
"""It lacks `allows_revoting`, which the library wants."""
UNREADABLE = re.compile(r"Update -?\d+ can't be read \((.*)\); it is stored as a dead letter, and /diag lists it\..*")


@pytest.fixture(autouse=True)
def at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


@pytest.fixture
async def lenient() -> AsyncIterator[BotApi]:
    """Run a server that minds not what the bot makes of damaged updates."""
    async with running() as server:
        yield server


async def push_older_poll(api: BotApi) -> int:
    number = 1001 + api.world.ids["update"]
    assert await api.push_damaged(POLL_OF_AN_OLDER_SERVER % number) == number
    return number


async def test_an_update_that_the_library_cannot_parse_is_told_once_and_the_rest_goes_on(
    bot: App, api: BotApi, texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    number = await push_older_poll(api)
    await api.answer(ADA, NUCLEAR)
    await api.handled()

    (letter,) = await dead_letters(bot, 1)
    told = (await api.answer(ADA, "/diag")).text

    reason = "poll: `allows_revoting` is a required argument since Bot API 9.6"
    assert (letter.key, letter.content) == (number, (POLL_OF_AN_OLDER_SERVER % number).decode())
    assert f"{number}: {reason}" in told
    assert texts("zh", "diag.dead_letters", count=1) in told
    assert unreadable(caplog) == [reason]
    assert PRIVATE_WORDS not in caplog.text


async def test_an_update_of_an_earlier_process_that_cannot_be_parsed_does_not_end_the_start(
    api: BotApi, assistant: Assistant, make_services: MakeServices
) -> None:
    services = make_services(assistant)
    await services.database.upgrade()
    left = [
        IncomingUpdate(number, number, (POLL_OF_AN_OLDER_SERVER % number).decode(), time.time()) for number in (1, 2)
    ]
    inbox = Inbox("earlier")
    await services.database.write(lambda connection: inbox.enqueue(connection, left, claimed=True))

    async with serving_with(api, services) as application:
        await api.answer(ADA, NUCLEAR)

        assert [letter.key for letter in await dead_letters(application, 2)] == [1, 2]


async def test_updates_without_a_number_are_kept_once_and_confirmed(bot: App, api: BotApi) -> None:
    await api.answer(ADA, NUCLEAR)
    for _ in range(3):
        await api.push_damaged(b'{"message":{}}')

    await api.handled()

    (letter,) = await dead_letters(bot, 1)
    assert (letter.key < 0, letter.content) == (True, '{"message":{}}')


async def test_an_older_server_tells_admins_apart_too(bot: App, api: BotApi) -> None:
    api.world.members[GROUP.id, ADA.id] = "administrator"
    api.world.lacking.add("can_post_stories")

    assert await bot.services.group_admins.include(bot.bot, GROUP.id, ADA.id)
    assert not await bot.services.group_admins.include(bot.bot, GROUP.id, BOB.id)


@pytest.mark.no_cover
@pytest.mark.timeout(120)
async def test_polling_outlives_thousands_of_damaged_updates(
    lenient: BotApi, assistant: Assistant, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(lenient, assistant) as application:
        await lenient.answer(ADA, NUCLEAR)
        await pour(lenient, seed=1)
        await lenient.wait_for(
            lambda: lenient.world.confirmed > lenient.world.updates[-1]["update_id"], "all to be confirmed", 60
        )

        await all_is_well(application, lenient, caplog)


@pytest.mark.no_cover
@pytest.mark.timeout(120)
async def test_a_webhook_outlives_thousands_of_damaged_updates(
    lenient: BotApi,
    assistant: Assistant,
    make_services: MakeServices,
    http_server: HttpServerConfig,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving_with(lenient, make_services(assistant, http_server=http_server)) as application:
        await lenient.answer(ADA, NUCLEAR)
        await pour(lenient, seed=2)
        await lenient.wait_for(
            lambda: len(lenient.deliveries.taken) == len(lenient.world.updates), "all to be taken", 60
        )

        assert lenient.deliveries.refused == []
        await all_is_well(application, lenient, caplog)


async def pour(api: BotApi, seed: int) -> None:
    """Send damaged updates, and here and there a sound one."""
    for position, damage in enumerate(damaged(seed, MANY)):
        if position % 100 == 0:
            await api.private_message(User(7000 + position, "Somebody"), SOLAR)
        await api.push_damaged(damage(1001 + api.world.ids["update"]))


async def all_is_well(application: App, api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    """Check that sound questions among the damaged and after them are answered, and what the log and the inbox say."""
    asked = set(range(7000, 7000 + MANY, 100))
    await api.private_message(User(9999, "Somebody"), NUCLEAR)
    await api.wait_for(lambda: any(sent.chat == 9999 for sent in api.world.sent), "an answer", 60)
    await api.wait_for(lambda: asked <= {sent.chat for sent in api.world.sent}, "the sound ones", 60)
    (last,) = [sent for sent in api.world.sent if sent.chat == 9999]
    assert last.text.startswith(f"❓ {NUCLEAR}")

    await nothing_waits(application, api)
    letters = await dead_letters(application, MANY // 4)
    sent = {content.decode("utf-8", "replace") for content in api.world.damaged.values()}
    assert {letter.content for letter in letters} <= sent
    told = unreadable(caplog)
    assert sorted(told) == sorted(letter.error for letter in letters if letter.error in told)
    assert PRIVATE_WORDS not in caplog.text
    assert "Traceback" not in caplog.text


async def nothing_waits(application: App, api: BotApi) -> None:
    """Wait until every update is handled or given up."""
    oldest: float | None = 0.0
    while oldest is not None:
        await api.wait_for(lambda: application.inbox.worker.in_progress == 0, "all to be handled", 60)
        oldest = (await application.services.database.read(depth)).oldest


def unreadable(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the reasons that the log names."""
    found = [UNREADABLE.fullmatch(record.getMessage()) for record in caplog.records]
    return [one[1] for one in found if one is not None]


@pytest.mark.parametrize(
    ("offset", "numbers", "confirms"),
    [
        (None, [5, 6, 7], 8),
        (None, [5, None, 7], 8),
        (None, [5, 6, None], 8),
        (None, [None, None], None),
        (5, [None, None], 7),
        (5, [5, 2_000_000_000, 7], 8),
        (5, [5, 3, 7], 8),
        (None, [5, 3, 7], 8),
        (5, [900, 901], 902),
        (5, [5, 4], 7),
    ],
)
def test_what_is_confirmed_never_lies_beyond_what_came(
    offset: int | None, numbers: list[int | None], confirms: int | None
) -> None:
    assert next_offset(offset, numbers) == confirms


@pytest.mark.parametrize("update", sound(), ids=lambda update: next(iter(update)))
def test_updates_of_a_chat_stay_in_order_as_the_library_sees_chats(update: dict[str, object]) -> None:
    text = json.dumps({"update_id": 5, **update})
    found = raw_update(text)

    assert (found.update_id, found.key) == (5, 5)
    assert found.chat == (chat_of(read_update(text, None)) or 5)


@pytest.mark.parametrize(
    "updates",
    [
        [],
        ['{"update_id":1,"message":{"text":"a, [b] \\"c\\" \\\\","x":[[1],{}]}}', "7", "null", '"]}"'],
        ["[" * 5000 + "]" * 5000, '{"result":[1,2]}'],
    ],
)
def test_an_answer_is_cut_into_its_updates_as_they_were_sent(updates: list[str]) -> None:
    assert split_updates('{"ok": true, "result" : [' + " ,\n".join(updates) + "]}") == updates


@pytest.mark.parametrize("answer", ["", "<html>", '{"ok":true,"result":[{}', '{"ok":true,"result":[{"x":"'])
def test_half_an_answer_is_none(answer: str) -> None:
    with pytest.raises(ValueError, match="no complete answer"):
        split_updates(answer)


def test_what_no_database_takes_is_replaced_when_an_update_is_read() -> None:
    (update, *_) = sound()
    update["message"]["text"] = "前\ud83d后\x00😀 \\ud83d"

    read = read_update(json.dumps({"update_id": 5, **update}), None)

    assert isinstance(read, Update)
    assert read.message is not None
    assert read.message.text == "前�后�😀 \\ud83d"
