"""The commands for everybody, and the menus that list them."""

from __future__ import annotations

import pytest

from bot.answers.assistant import Assistant
from bot.telegram.access.menus import FOR_ADMINS, FOR_ALL, FOR_GROUP_ADMINS, FOR_GROUPS
from bot.telegram.context import App
from bot.text import LANGUAGES, Texts
from tests.botapi import ADA, BOB, FORUM, BotApi, Sent
from tests.telegram.knowledge import FRUIT, NUCLEAR
from tests.telegram.serving import Serving

pytestmark = pytest.mark.usefixtures("bot")


async def test_start_introduces_the_bot_with_questions_to_tap(api: BotApi) -> None:
    answer = await api.answer(ADA, "/start")

    assert "能源访谈、水果访谈" in answer.text
    assert "@interview_bot" in answer.text
    assert answer.labels == [NUCLEAR]
    await api.tapped(ADA, answer, NUCLEAR)
    assert (await api.sent(2))[1].text.startswith(f"❓ {NUCLEAR}")


@pytest.mark.parametrize("link", ["energy-talk_nuclear-view", "nuclear-view"])
async def test_a_deep_link_answers_its_entry(api: BotApi, link: str) -> None:
    assert (await api.answer(BOB, f"/start {link}")).text.startswith("❓ What does Altman think of nuclear power?")


async def test_a_deep_link_to_nothing_says_so_and_introduces_the_bot(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(BOB, "/start no-such-entry")

    assert answer.text.startswith(texts("en", "telegram.gone"))
    assert "A talk on energy" in answer.text


async def test_help_lists_the_commands(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(BOB, "/help")

    assert all(f"/{command} – {texts('en', f'commands.{command}')}" in answer.text for command in FOR_ALL)
    assert "/reload" not in answer.text


async def test_help_lists_the_admin_commands_to_admins_in_private(api: BotApi) -> None:
    assert "/reload" in (await api.answer(ADA, "/help")).text


@pytest.mark.parametrize("typed", ["／help", "/help怎么用", "／HELP怎么用", "/help@interview_bot怎么用"])
async def test_a_command_may_have_a_full_width_slash_and_touch_chinese(api: BotApi, texts: Texts, typed: str) -> None:
    assert texts("zh", "commands.topics") in (await api.answer(ADA, typed)).text


async def test_what_touches_a_command_is_what_it_is_given(api: BotApi) -> None:
    assert (await api.answer(ADA, f"／ask{NUCLEAR}")).text.startswith(f"❓ {NUCLEAR}")


async def test_an_unknown_command_in_private_gets_a_hint(api: BotApi, texts: Texts) -> None:
    assert (await api.answer(BOB, "/frobnicate now")).text == texts("en", "telegram.unknown_command")


async def test_a_command_in_a_topic_is_answered_there(api: BotApi) -> None:
    await api.group_message(ADA, "/topics@interview_bot", FORUM, thread=7)

    assert (await api.sent(1))[0].thread == 7


async def turn(api: BotApi, page: Sent, label: str) -> None:
    """Tap a button of a page, and wait until the page has turned."""
    before = page.edits
    assert await api.tapped(ADA, page, label) == ""
    await api.wait_for(lambda: page.edits > before, f"the page behind {label}")


async def test_topics_are_browsed_in_place_there_and_back(api: BotApi, texts: Texts) -> None:
    back = texts("zh", "topics.back")
    page = await api.answer(ADA, "/topics")
    assert page.labels == ["能源访谈", "水果访谈"]

    await turn(api, page, "能源访谈")
    assert page.labels == ["能源（4）", back]
    await turn(api, page, "能源")
    assert page.labels[0] == NUCLEAR
    await turn(api, page, NUCLEAR)
    assert page.text.startswith(f"❓ {NUCLEAR}")
    assert "expandable_blockquote" in {entity["type"] for entity in page.entities}

    for label in (NUCLEAR, "能源（4）", "水果访谈"):
        await turn(api, page, back)
        assert label in page.labels
    await api.sent(1)


async def test_long_lists_are_paged_and_the_way_back_leads_to_the_page(api: BotApi, texts: Texts) -> None:
    page = await api.answer(ADA, "/topics")
    questions = [f"{zh}是什么颜色的？" for zh, _ in FRUIT.values()]
    following, previous, back = (texts("zh", key) for key in ("paging.next", "paging.previous", "topics.back"))

    await turn(api, page, "水果访谈")
    await turn(api, page, "水果（10）")
    assert page.labels == [*questions[:8], following, back]
    await turn(api, page, following)
    assert page.labels == [*questions[8:], previous, back]
    await turn(api, page, questions[9])
    await turn(api, page, back)
    assert page.labels == [*questions[8:], previous, back]


async def test_two_taps_on_a_page_that_is_shown_already_are_no_error(bot: App, api: BotApi) -> None:
    page = await api.answer(ADA, "/topics")
    shown = page.data("能源访谈")

    taps = [await api.tap(ADA, page, shown) for _ in range(2)]

    assert [await api.note(tap) for tap in taps] == ["", ""]
    await api.handled()
    await bot.update_queue.join()
    assert page.edits == 1
    assert [failure.split(":")[0] for failure in api.failures] == ["editMessageText"]
    api.failures.clear()


async def test_browsing_a_deleted_message_begins_a_new_one(api: BotApi) -> None:
    page = await api.answer(ADA, "/topics")
    api.world.deleted.add((page.chat, page.message_id))

    await api.tapped(ADA, page, "能源访谈")

    assert "能源（4）" in (await api.sent(2))[1].labels
    assert api.failures == ["editMessageText: Bad Request: message to edit not found"]
    api.failures.clear()


async def test_menus_are_set_in_the_languages_that_telegram_takes(api: BotApi, texts: Texts) -> None:
    await api.wait_for(lambda: ("default", 0, "zh") in api.world.commands, "the menus")

    for code, language in (("", "en"), ("zh", "zh")):
        menu = api.world.commands["default", 0, code]
        assert [(item["command"], item["description"]) for item in menu] == [
            (command, texts(language, f"commands.{command}")) for command in FOR_ALL
        ]


async def test_admin_commands_are_only_in_the_menus_of_the_admins_chats(api: BotApi) -> None:
    await api.answer(ADA, "/start")
    await api.answer(BOB, "/start")
    await api.wait_for(lambda: ("chat", ADA.id, "zh") in api.world.commands, "the admin's menu")

    with_reload = {
        key[:2] for key, menu in api.world.commands.items() if any(one["command"] == "reload" for one in menu)
    }
    assert with_reload == {("chat", ADA.id)}
    assert {key[:2] for key in api.world.commands} == {
        ("chat", ADA.id),
        ("default", 0),
        ("all_group_chats", 0),
        ("all_chat_administrators", 0),
    }


async def test_groups_are_not_offered_to_start(api: BotApi) -> None:
    await api.wait_for(lambda: ("all_group_chats", 0, "zh") in api.world.commands, "the menus")

    assert [one["command"] for one in api.world.commands["all_group_chats", 0, "zh"]] == list(FOR_GROUPS)
    help_text = await group_help(api)
    assert "/topics" in help_text
    assert "/start" not in help_text


async def group_help(api: BotApi) -> str:
    await api.group_message(ADA, "/help@interview_bot")
    return (await api.sent(1))[0].text


async def test_menus_that_would_hide_ours_are_deleted(api: BotApi, serving: Serving, assistant: Assistant) -> None:
    left = [{"command": "old", "description": "of another programme"}]
    for scope in ("all_private_chats", "all_chat_administrators"):
        api.world.commands[scope, 0, ""] = api.world.commands[scope, 0, "zh"] = left
    async with serving(api, assistant):
        await api.wait_for(lambda: left not in api.world.commands.values(), "the old menus to go")


async def test_admins_of_groups_are_offered_its_settings(api: BotApi) -> None:
    await api.wait_for(lambda: ("all_chat_administrators", 0, "zh") in api.world.commands, "the menus")

    menu = [one["command"] for one in api.world.commands["all_chat_administrators", 0, "zh"]]
    assert menu == list(FOR_GROUP_ADMINS)
    assert "settings" not in [one["command"] for one in api.world.commands["all_group_chats", 0, ""]]


@pytest.mark.parametrize("command", ["/start", "/reload", "/stats", "/gaps", "/diag"])
async def test_who_is_no_admin_any_more_loses_the_menu(api: BotApi, command: str) -> None:
    left = [{"command": "reload", "description": "x"}]
    api.world.commands["chat", BOB.id, ""] = api.world.commands["chat", BOB.id, "zh"] = left

    await api.answer(BOB, command)

    await api.wait_for(lambda: left not in api.world.commands.values(), "the menu to go")


def test_every_command_is_described_in_every_language(texts: Texts) -> None:
    for language in LANGUAGES:
        for command in FOR_ALL + FOR_ADMINS + FOR_GROUP_ADMINS:
            assert 1 <= len(texts(language, f"commands.{command}")) <= 256
