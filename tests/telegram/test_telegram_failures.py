"""What the bot does when Telegram, the network or the bot itself fails."""

from __future__ import annotations

import asyncio
import logging

import pytest
from aiohttp import ConnectionTimeoutError, SocketTimeoutError
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import TimedOut
from telegram.ext import MessageHandler, filters

from bot.telegram.client import Destination, edit, send, with_retries
from bot.telegram.context import App
from bot.telegram.lifecycle import token_refused
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi
from tests.botapi.people import private
from tests.telegram.knowledge import GAS, NUCLEAR

pytestmark = pytest.mark.usefixtures("bot")


async def settled(bot: App, api: BotApi) -> None:
    """Wait until the bot has finished with every update."""
    await api.handled()
    await bot.update_queue.join()


@pytest.fixture(autouse=True)
def at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


async def test_a_flood_wait_delays_its_chat_alone(api: BotApi) -> None:
    api.flood("sendMessage", 1)
    await api.private_message(ADA, NUCLEAR)
    await api.wait_for(lambda: not api.world.faults, "the flood wait to be told")

    await api.private_message(BOB, "What does Altman think of nuclear power?")

    first, second = await api.sent(2)
    assert (first.chat, second.chat) == (BOB.id, ADA.id)


async def test_a_cut_connection_is_tried_again(api: BotApi) -> None:
    api.cut("sendMessage")

    assert (await api.answer(ADA, NUCLEAR)).text.startswith(f"❓ {NUCLEAR}")


@pytest.mark.slow
async def test_a_failing_server_is_tried_again(api: BotApi) -> None:
    api.fail("sendMessage", 502, "Bad Gateway")

    await api.answer(ADA, NUCLEAR)

    assert len(api.called("sendMessage")) == 2


async def test_refused_markup_goes_out_as_plain_text_and_is_logged_as_a_defect(
    api: BotApi, texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendMessage", 400, 'Bad Request: can\'t parse entities: unsupported start tag "x" at byte offset 1')

    answer = await api.answer(ADA, "成本条件 a < b && c > d 说明什么？")

    assert answer.parse_mode is None
    assert answer.text.startswith("❓ 成本条件 a < b && c > d 说明什么？\n\n• 如果 <b>a</b> & b，成本就不高。")
    assert answer.labels[:2] == [texts("zh", "context.button"), texts("zh", "share.button")]
    (logged,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert logged.getMessage().startswith("Defect: ")


async def test_who_blocked_the_bot_is_no_failure(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    api.block(private(ADA))
    await api.private_message(ADA, NUCLEAR)

    await api.answer(BOB, "What does Altman think of nuclear power?")

    await api.wait_for(lambda: "may not write there" in caplog.text, "the token_refused to be logged")
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_a_refused_message_is_logged_by_its_update_and_apologised_for(
    api: BotApi, texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendMessage", 400, "Bad Request: something is wrong today")

    answer = await api.answer(ADA, NUCLEAR)

    assert answer.text == texts("zh", "telegram.failed")
    assert "Update 1001: " in caplog.text
    assert NUCLEAR not in caplog.text


async def test_an_error_of_our_own_is_logged_without_the_words_and_apologised_for(
    bot: App, api: BotApi, texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    private_words = "我的秘密问题"

    async def broken(*_: object) -> None:
        raise ValueError(private_words)

    bot.add_handler(MessageHandler(filters.ALL, broken), group=-1)
    answer = await api.answer(ADA, private_words)

    assert answer.text == texts("zh", "telegram.failed")
    assert "Update 1001 failed: ValueError at " in caplog.text
    assert private_words not in caplog.text


@pytest.mark.slow
async def test_polling_outlives_an_outage_and_tells_it_once(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    await api.answer(ADA, NUCLEAR)
    api.fail("getUpdates", 502, "Bad Gateway", times=2)
    await api.private_message(ADA, GAS)

    await api.sent(2)
    await api.private_message(ADA, NUCLEAR)
    await api.wait_for(lambda: "Telegram answers again" in caplog.text, "the end of the outage")

    told = [record.getMessage() for record in caplog.records if record.name.endswith("polling")]
    assert told == [
        "no updates from Telegram (Bad Gateway); it is asked again until it answers",
        "Telegram answers again",
    ]


async def test_long_answers_are_split_and_only_the_last_part_has_buttons(bot: App, api: BotApi) -> None:
    place = Destination(ADA.id, None, None, group=False)
    api.world.add_chat(private(ADA))
    paragraphs = ["<b>😀&lt;</b>" * 1000, "<i>" + "一二三四五。" * 800 + "</i>"]

    sent = await send(bot.bot, place, paragraphs)

    assert len(sent) == len(api.world.sent) == 3
    assert "".join(message.text for message in api.world.sent) == "😀<" * 1000 + "一二三四五。" * 800


async def test_a_reply_to_a_group_that_kicked_the_bot_is_no_failure(
    bot: App, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.block(GROUP)
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")

    await settled(bot, api)

    assert "bot was kicked" in caplog.text


@pytest.mark.parametrize(
    ("cause", "attempts"),
    [(SocketTimeoutError("slow"), 1), (ConnectionTimeoutError("far"), 2)],
    ids=["sent", "not sent"],
)
async def test_a_request_that_may_have_arrived_is_not_repeated(cause: Exception, attempts: int) -> None:
    made = 0

    async def request() -> str:
        nonlocal made
        made += 1
        if made == 1:
            raise TimedOut from cause
        return "done"

    if attempts == 1:
        with pytest.raises(TimedOut):
            await with_retries(request)
    else:
        assert await with_retries(request) == "done"
    assert made == attempts


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [130, 3600])
async def test_a_long_flood_wait_is_waited_for_and_then_the_question_is_answered(
    api: BotApi, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.flood("sendMessage", seconds)
    await api.private_message(ADA, NUCLEAR)
    await api.wait_for(lambda: not api.world.faults, "the flood wait to be told")
    await api.answer(BOB, "What does Altman think of nuclear power?")
    assert [message.chat for message in api.world.sent] == [BOB.id]

    pass_time(monkeypatch, seconds)

    (_, answer) = await api.sent(2)
    assert (answer.chat, answer.text[: len(NUCLEAR) + 2]) == (ADA.id, f"❓ {NUCLEAR}")


def pass_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the clock of the event loop forward."""
    loop = asyncio.get_running_loop()
    clock = loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + seconds)


@pytest.mark.slow
async def test_what_is_too_long_to_be_shown_in_place_is_sent(bot: App, api: BotApi) -> None:
    page = await api.answer(ADA, "/topics")
    message = Message.de_json(api.world.known[page.chat, page.message_id], bot.bot)

    await edit(
        bot.bot, message, ["长" * 4096, "尾"], InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="y")]])
    )

    assert [part.text for part in (await api.sent(3))[1:]] == ["长" * 4096, "尾"]
    assert page.edits == 0


def test_the_refusal_of_a_token_does_not_tell_the_token(bot: App, api: BotApi) -> None:
    assert api.token not in token_refused(bot)
