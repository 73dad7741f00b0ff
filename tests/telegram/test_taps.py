"""Buttons: every tap is acknowledged, whatever became of what it leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.answers.assistant import Assistant
from bot.telegram.context import App
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi
from tests.telegram import knowledge
from tests.telegram.conftest import Serving
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR


async def test_a_related_question_is_answered_in_the_language_of_the_answer(bot: App, api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    note = await api.tapped(BOB, answer, SOLAR)

    second = (await api.sent(2))[1]
    assert note == ""
    assert second.text.startswith(f"❓ {SOLAR}\n\n• 长期靠太阳能加储能。")
    assert second.reply_to == answer.message_id
    assert second.labels == []


async def test_a_tap_in_a_group_is_answered_in_the_group(bot: App, api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)

    await api.tapped(BOB, answer, GAS)

    second = (await api.sent(2))[1]
    assert (second.chat, second.silent) == (GROUP.id, True)


async def test_a_second_tap_is_acknowledged_but_not_answered_again(bot: App, api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    taps = [await api.tap(ADA, answer, answer.data(GAS)) for _ in range(3)]

    assert [await api.note(tap) for tap in taps] == ["", *[texts("zh", "telegram.already_answered")] * 2]
    await api.sent(2)


async def test_another_button_of_the_same_message_is_answered(bot: App, api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    await api.tapped(ADA, answer, GAS)
    await api.tapped(ADA, answer, SOLAR)

    await api.sent(3)


@pytest.mark.parametrize("written", ["", "x", "as:", "qq:what", "as:energy-talk_solar:9", "es:energy-talk_energy:-1", "🙂"])
async def test_a_button_of_unknown_make_is_acknowledged(bot: App, api: BotApi, texts: Texts, written: str) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    note = await api.note(await api.tap(ADA, answer, written))

    assert note in {texts("zh", "telegram.unknown_button"), texts("zh", "telegram.gone")}
    await api.sent(1)


async def test_a_tap_on_a_message_that_telegram_no_longer_shows_works(bot: App, api: BotApi) -> None:
    api.world.callbacks["old"] = None
    chat = (await api.private_message(ADA, NUCLEAR))["chat"]
    (answer,) = await api.sent(1)
    gone = {"chat": chat, "message_id": answer.message_id, "date": 0}
    query = {"id": "old", "from": ADA.json(), "chat_instance": "1", "data": answer.data(GAS), "message": gone}

    await api.push("callback_query", query)

    assert await api.note("old") == ""
    assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")


async def test_a_tap_that_comes_too_late_to_acknowledge_is_answered_all_the_same(bot: App, api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    api.fail("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired or query ID is invalid")

    await api.tap(ADA, answer, answer.data(GAS))

    await api.sent(2)


async def test_a_failed_answer_does_not_count_as_given(bot: App, api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    api.fail("sendMessage", 400, "Bad Request: something is wrong today", times=2)
    await api.tapped(ADA, answer, GAS)
    await api.wait_for(lambda: not api.world.faults, "the answer and the apology to fail")

    note = await api.tapped(ADA, answer, GAS)

    assert note == ""
    assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")


async def test_old_buttons_outlive_a_reload_or_say_that_the_entry_is_gone(
    api: BotApi, serving: Serving, own: Assistant, folder: Path, texts: Texts
) -> None:
    async with serving(api, own):
        answer = await api.answer(ADA, NUCLEAR)
        path = folder / "energy-talk" / "01-energy.yaml"
        section = yaml.safe_load(path.read_text(encoding="utf-8"))
        section["entries"] = [entry for entry in section["entries"] if entry["id"] != "solar"]
        section["entries"][0]["related"].remove("solar")
        knowledge.save(path, section)
        await asyncio.to_thread(own.reload)

        assert await api.tapped(ADA, answer, SOLAR) == texts("zh", "telegram.gone")
        assert await api.tapped(ADA, answer, GAS) == ""
        await api.sent(2)


async def test_ids_too_long_for_a_button_work_too(
    api: BotApi, serving: Serving, folder: Path, make_assistant: Callable[[Path], Assistant]
) -> None:
    (folder / "energy-talk").rename(folder / "一场关于能源与核聚变的很长很长的访谈，名字里什么都有")
    async with serving(api, make_assistant(folder)):
        answer = await api.answer(ADA, NUCLEAR)
        await api.tapped(ADA, answer, GAS)
        assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")
