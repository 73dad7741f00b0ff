"""Buttons: every tap is acknowledged, whatever became of what it leads to."""

from __future__ import annotations

import pytest

from bot.telegram.context import App
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_related_question_is_answered_in_the_language_of_the_answer(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    note = await api.tapped(BOB, answer, SOLAR)

    second = (await api.sent(2))[1]
    assert note == ""
    assert second.text.startswith(f"❓ {SOLAR}\n\n• 长期靠太阳能加储能。")
    assert second.reply_to == answer.message_id
    assert second.labels == [texts("zh", "context.button"), texts("zh", "share.button"), "👍", "👎"]


async def test_a_tap_in_a_group_is_answered_in_the_group(api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)

    await api.tapped(BOB, answer, GAS)

    second = (await api.sent(2))[1]
    assert (second.chat, second.silent) == (GROUP.id, True)


async def test_a_second_tap_is_acknowledged_but_not_answered_again(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    taps = [await api.tap(ADA, answer, answer.data(GAS)) for _ in range(3)]

    assert [await api.note(tap) for tap in taps] == ["", *[texts("zh", "telegram.already_answered")] * 2]
    await api.sent(2)


async def test_another_button_of_the_same_message_is_answered(api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    await api.tapped(ADA, answer, GAS)
    await api.tapped(ADA, answer, SOLAR)

    await api.sent(3)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "x",
        "as:",
        "qq:what",
        "as:energy-talk_solar:9",
        "es:energy-talk_energy:-1",
        "es:gone_section:0",
        "rs:gone:0",
        "ss:gone:0",
        "🙂",
    ],
)
async def test_a_button_of_unknown_make_is_acknowledged(api: BotApi, texts: Texts, written: str) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    note = await api.note(await api.tap(ADA, answer, written))

    assert note in {texts("zh", "telegram.unknown_button"), texts("zh", "telegram.gone")}
    await api.sent(1)


async def test_a_tap_on_a_message_that_telegram_no_longer_shows_works(api: BotApi) -> None:
    api.world.callbacks["old"] = None
    chat = (await api.private_message(ADA, NUCLEAR))["chat"]
    (answer,) = await api.sent(1)
    gone = {"chat": chat, "message_id": answer.message_id, "date": 0}
    query = {"id": "old", "from": ADA.json(), "chat_instance": "1", "data": answer.data(GAS), "message": gone}

    await api.push("callback_query", query)

    assert await api.note("old") == ""
    assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")


@pytest.mark.parametrize(
    "complaint", ["query is too old and response timeout expired or query ID is invalid", "QUERY_ID_INVALID"]
)
async def test_a_tap_that_comes_too_late_to_acknowledge_is_answered_all_the_same(api: BotApi, complaint: str) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    api.fail("answerCallbackQuery", 400, f"Bad Request: {complaint}")

    await api.tap(ADA, answer, answer.data(GAS))

    assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")


async def test_a_failed_answer_does_not_count_as_given(api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    api.fail("sendMessage", 400, "Bad Request: something is wrong today", times=2)
    await api.tapped(ADA, answer, GAS)
    await api.wait_for(lambda: not api.world.faults, "the answer and the apology to fail")

    note = await api.tapped(ADA, answer, GAS)

    assert note == ""
    assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")


@pytest.mark.parametrize(
    ("complaint", "sent"),
    [("MESSAGE_ID_INVALID", 2), ("MESSAGE_EDIT_TIME_EXPIRED", 2), ("MESSAGE_NOT_MODIFIED", 1)],
)
async def test_a_page_that_cannot_be_shown_anew_is_sent_unless_it_is_shown_already(
    bot: App, api: BotApi, complaint: str, sent: int
) -> None:
    page = await api.answer(ADA, "/topics")
    api.fail("editMessageText", 400, f"Bad Request: {complaint}")

    await api.tapped(ADA, page, page.labels[0])
    await api.handled()
    await bot.update_queue.join()

    assert len(api.world.sent) == sent
    assert bot.services.health.failures == 0
