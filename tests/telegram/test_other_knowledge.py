"""Knowledge of other shapes: entries that are gone, ids too long for a button, a single interview."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from bot.answers.assistant import Assistant
from bot.text import Texts
from tests.botapi import ADA, BotApi
from tests.telegram import knowledge
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR
from tests.telegram.serving import MakeAssistant, Serving


async def test_old_buttons_outlive_a_reload_or_say_that_the_entry_is_gone(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    async with serving(api, own):
        answer = await api.answer(ADA, NUCLEAR)
        path = own_folder / "energy-talk" / "01-energy.yaml"
        section = knowledge.read_section(path)
        section["entries"] = [entry for entry in section["entries"] if entry["id"] != "solar"]
        section["entries"][0]["related"].remove("solar")
        knowledge.save_section(path, section)
        await asyncio.to_thread(own.reload)

        assert await api.tapped(ADA, answer, SOLAR) == texts("zh", "telegram.gone")
        assert await api.tapped(ADA, answer, GAS) == ""
        await api.sent(2)


async def test_a_single_interview_is_opened_at_its_sections(
    api: BotApi, serving: Serving, folder: Path, make_assistant: MakeAssistant
) -> None:
    shutil.rmtree(folder / "fruit-talk")
    async with serving(api, make_assistant(folder)):
        page = await api.answer(ADA, "/topics")

    assert page.text.startswith("能源访谈\n测试频道")
    assert page.labels == ["能源（4）"]


async def test_ids_too_long_for_a_button_work_too(
    api: BotApi, serving: Serving, folder: Path, make_assistant: MakeAssistant
) -> None:
    (folder / "energy-talk").rename(folder / "一场关于能源与核聚变的很长很长的访谈，名字里什么都有")
    async with serving(api, make_assistant(folder)):
        answer = await api.answer(ADA, NUCLEAR)
        await api.tapped(ADA, answer, GAS)
        assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")
