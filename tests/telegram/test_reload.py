"""/reload: verified first, swapped whole, the old knowledge serves on after a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import compose
from bot.answers.assistant import Assistant
from bot.configuration import Settings
from bot.errors import BotError, KnowledgeError, SettingsError
from bot.knowledge.model import Knowledge
from bot.knowledge.overlay import ApprovedPhrasing
from bot.storage.driver_errors import UNREACHABLE
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi
from tests.botapi.people import ANONYMOUS
from tests.builders import Prebuilt
from tests.telegram import knowledge
from tests.telegram.knowledge import NUCLEAR, SOLAR
from tests.telegram.serving import MakeServices, Serving, serving_with


def change_point(folder: Path, text: str) -> None:
    """Rewrite the first point on nuclear power."""
    path = folder / "energy-talk" / "01-energy.yaml"
    section = knowledge.read_section(path)
    section["entries"][0]["points"][0]["zh"] = text
    knowledge.save_section(path, section)


async def test_a_reload_shows_what_changed_and_serves_it(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    async with serving(api, own):
        change_point(own_folder, "核能比以前更重要。")
        reply = await reload(api)
        answer = await api.answer(ADA, NUCLEAR)

    assert texts("zh", "admin.reloaded", version=own.knowledge.version) in reply
    assert f"{texts('zh', 'admin.changed', count=1)}\n• energy-talk/nuclear-view" in reply
    assert "• 核能比以前更重要。" in answer.text


async def reload(api: BotApi) -> str:
    """Reload as the admin; return the report."""
    before = len(api.world.sent)
    await api.private_message(ADA, "/reload")
    return (await api.sent(before + 1, limit=30))[-1].text


async def test_added_and_removed_entries_are_named(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    path = own_folder / "fruit-talk" / "01-fruit.yaml"
    section = knowledge.read_section(path)
    section["entries"][0]["id"] = "red-apple"
    knowledge.save_section(path, section)
    async with serving(api, own):
        reply = await reload(api)

    assert f"{texts('zh', 'admin.added', count=1)}\n• fruit-talk/red-apple" in reply
    assert f"{texts('zh', 'admin.removed', count=1)}\n• fruit-talk/apple" in reply


async def test_a_reload_without_change_says_so(api: BotApi, serving: Serving, own: Assistant, texts: Texts) -> None:
    async with serving(api, own):
        assert texts("zh", "admin.unchanged") in await reload(api)


async def test_a_faulty_file_is_refused_with_its_line_and_the_old_knowledge_serves_on(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    async with serving(api, own):
        change_point(own_folder, "新的要点。")
        path = own_folder / "fruit-talk" / "01-fruit.yaml"
        text = path.read_text(encoding="utf-8").replace("苹果是红色的", "苹果是蓝色的")
        path.write_text(text, encoding="utf-8")
        line = text[: text.index("text: 苹果是蓝色的")].count("\n") + 1
        reply = await reload(api)
        answer = await api.answer(ADA, NUCLEAR)

    assert texts("zh", "admin.problems", count=1) in reply
    assert f"{path.as_posix()}:{line}: the quote '苹果是蓝色的'" in reply
    assert "他认为核能很重要" in answer.text


async def test_more_than_ten_problems_come_as_a_file(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    for section in ("energy-talk/01-energy.yaml", "fruit-talk/01-fruit.yaml"):
        path = own_folder / section
        path.write_text(path.read_text(encoding="utf-8").replace("question:", "kwestion:"), encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        own.reload()
    problems = refused.value.problems
    async with serving(api, own):
        await api.private_message(ADA, "/reload")
        reply, file = await api.sent(2, limit=30)

    assert texts("zh", "admin.problems", count=len(problems)) in reply.text
    assert reply.text.count(".yaml:") == 10
    assert file.file is not None
    name, content = file.file
    assert name == "problems.txt"
    assert content.decode() == "".join(f"{problem}\n" for problem in problems)


async def test_reloads_at_once_queue(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    async with serving(api, own):
        change_point(own_folder, "核能比以前更重要。")
        for _ in range(3):
            await api.private_message(ADA, "/reload")
        replies = [message.text for message in await api.sent(3, limit=60)]

    assert sum(texts("zh", "admin.changed", count=1) in text for text in replies) == 1
    assert sum(texts("zh", "admin.unchanged") in text for text in replies) == 2


async def test_questions_are_answered_while_a_reload_waits(api: BotApi, serving: Serving, own: Assistant) -> None:
    async with serving(api, own) as application, application.services.knowledge_sync.build_lock:
        await api.private_message(ADA, "/reload")
        answer = await api.answer(ADA, NUCLEAR)
        assert answer.text.startswith(f"❓ {NUCLEAR}")
    await api.sent(2, limit=30)


@pytest.mark.parametrize(
    ("failure", "key", "reason"),
    [
        (SettingsError("weights.toml: can't be read <today>"), None, "weights.toml: can't be read <today>"),
        (UNREACHABLE.error(setting="DATABASE_URL"), "database.unreachable", "DATABASE_URL"),
    ],
    ids=["settings", "database"],
)
async def test_another_failure_is_reported_and_the_old_knowledge_serves_on(
    api: BotApi, serving: Serving, own_folder: Path, texts: Texts, failure: BotError, key: str | None, reason: str
) -> None:
    class BuildsOnce(Prebuilt):
        built = 0

        def read(self, folder: Path) -> Knowledge:
            type(self).built += 1
            if self.built > 1:
                raise failure
            return super().read(folder)

    matcher = compose.matcher(Settings(knowledge_dir=own_folder, data_dir=own_folder.parent))
    async with serving(api, Assistant(BuildsOnce(matcher), own_folder)):
        reply = await reload(api)
        answer = await api.answer(ADA, NUCLEAR)

    assert reply == texts("zh", "admin.failed", reason=texts("zh", key, setting=reason) if key is not None else reason)
    assert answer.text.startswith(f"❓ {NUCLEAR}")


@pytest.mark.usefixtures("bot")
async def test_others_are_refused_kindly(api: BotApi, texts: Texts) -> None:
    assert (await api.answer(BOB, "/reload")).text == texts("en", "admin.refused")


async def test_an_anonymous_admin_is_let_in_where_the_operator_allows_it(
    api: BotApi, make_services: MakeServices, own: Assistant, texts: Texts
) -> None:
    allowed = make_services(own, anonymous_admin_groups=frozenset({GROUP.id}))
    async with serving_with(api, allowed):
        for command in ("reload", "settings", "stats", "diag"):
            await api.group_message(ANONYMOUS, f"/{command}@interview_bot", sender_chat=GROUP.json())
        replies = [message.text for message in await api.sent(4, limit=30)]

    refused = {texts(language, "admin.refused") for language in ("en", "zh")}
    assert not refused & set(replies)
    assert any(text.startswith(texts("en", "settings.title")) for text in replies)


async def test_an_approved_phrasing_that_no_longer_fits_is_reported(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await api.wait_for(lambda: application.running, "the bot to start")
        own.set_approved([ApprovedPhrasing("energy-talk/solar", "明天会不会下雨")])
        path = own_folder / "energy-talk" / "01-energy.phrasings.txt"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("核电站的前景", "明天会不会下雨"), encoding="utf-8")
        reply = await reload(api)

    assert (
        f"{texts('zh', 'admin.left_out', count=1)}\n• the phrasing '明天会不会下雨' is also one of 'nuclear-view'"
        in reply
    )


async def test_what_its_own_question_does_not_find_is_not_served(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    path = own_folder / "energy-talk" / "01-energy.yaml"
    async with serving(api, own):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"zh: {SOLAR}", "zh: 谢谢"), encoding="utf-8")
        reply = await reload(api)
        answer = await api.answer(ADA, SOLAR)

    assert texts("zh", "admin.problems", count=1) in reply
    assert "'solar' isn't found by its own question '谢谢'" in reply
    assert answer.text.startswith(f"❓ {SOLAR}")


@pytest.mark.usefixtures("bot")
async def test_an_anonymous_admin_of_a_group_is_not_the_bots_admin(api: BotApi, texts: Texts) -> None:
    await api.group_message(ANONYMOUS, "/reload@interview_bot", sender_chat=GROUP.json())

    assert (await api.sent(1))[0].text in {texts(language, "admin.refused") for language in ("en", "zh")}
