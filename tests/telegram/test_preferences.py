"""What people and groups set: languages, quiet mode, the topic in which the bot answers; and what is stored of whom."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from bot.storage.inbox_worker import STOP_TIMEOUT_SECONDS
from bot.storage.schema import ANSWERS, CONVERSATIONS, HISTORY
from bot.storage.write_behind import ConversationRow, SentAnswerRow
from bot.telegram.context import App
from bot.text import Texts
from tests.botapi import ADA, BOB, FORUM, GROUP, BotApi, Sent
from tests.botapi.people import BASIC_GROUP, Chat
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")

EN = "What does Altman think of nuclear power?"


async def settings(api: BotApi, chat: Chat = GROUP, thread: int | None = None) -> Sent:
    """Let Ada, who administers the group, open its settings."""
    api.world.members[chat.id, ADA.id] = "administrator"
    before = len(api.world.sent)
    await api.group_message(ADA, "/settings@interview_bot", chat, thread=thread)
    return (await api.sent(before + 1))[-1]


async def set_by(api: BotApi, panel: Sent, label: str) -> None:
    """Tap a setting, and wait until the panel shows it."""
    before = panel.edits
    assert await api.tapped(ADA, panel, label) == ""
    await api.edited(panel, before + 1)


async def ask(api: BotApi, text: str, chat: Chat = GROUP, thread: int | None = None) -> Sent:
    before = len(api.world.sent)
    await api.group_message(BOB, f"@interview_bot {text}", chat, thread=thread)
    return (await api.sent(before + 1))[-1]


async def test_a_chosen_language_holds_for_answers_and_commands(api: BotApi, texts: Texts) -> None:
    offer = await api.answer(BOB, "/lang")
    assert offer.text == texts("en", "lang.follows")
    assert offer.labels == ["简体中文", "繁體中文", "English", f"✓ {texts('en', 'lang.follow')}"]

    assert await api.tapped(BOB, offer, "简体中文") == ""
    await api.edited(offer)
    assert offer.text == texts("zh", "lang.fixed", language="简体中文")
    assert "✓ 简体中文" in offer.labels

    assert (await api.answer(BOB, EN)).text.startswith(f"❓ {NUCLEAR}")
    assert texts("zh", "commands.topics") in (await api.answer(BOB, "/help")).text
    assert (await api.answer(ADA, EN)).text.startswith(f"❓ {EN}")


async def test_a_language_can_be_typed_and_taken_back(api: BotApi, texts: Texts) -> None:
    assert (await api.answer(ADA, "/lang en")).text == texts("en", "lang.fixed", language="English")
    assert (await api.answer(ADA, NUCLEAR)).text.startswith(f"❓ {EN}")
    assert (await api.answer(ADA, "/lang auto")).text == texts("zh", "lang.follows")
    assert (await api.answer(ADA, NUCLEAR)).text.startswith(f"❓ {NUCLEAR}")


async def test_in_groups_lang_leads_to_settings(api: BotApi, texts: Texts) -> None:
    await api.group_message(BOB, "/lang@interview_bot")

    assert (await api.sent(1))[0].text == texts("en", "lang.in_groups")


async def test_a_group_has_a_language_of_its_own(api: BotApi) -> None:
    await api.answer(BOB, "/lang zh-hant")
    panel = await settings(api)

    await set_by(api, panel, "English")

    assert "✓ English" in panel.labels
    assert (await ask(api, NUCLEAR)).text.startswith(f"❓ {EN}")
    assert (await api.answer(ADA, NUCLEAR)).text.startswith(f"❓ {NUCLEAR}")


async def test_in_quiet_mode_quotes_open_in_place(api: BotApi, texts: Texts) -> None:
    panel = await settings(api)
    await set_by(api, panel, texts("zh", "settings.quiet_button"))
    assert texts("zh", "settings.quiet_on") in panel.text

    answer = await ask(api, NUCLEAR)
    assert "奥特曼认为核能很重要" not in answer.text
    label = texts("zh", "quiet.button")
    others = [one for one in answer.labels if one != label]

    assert await api.tapped(ADA, answer, label) == ""
    await api.edited(answer)

    assert "奥特曼认为核能很重要" in answer.text
    assert answer.labels == others

    await set_by(api, panel, texts("zh", "settings.quiet_button"))
    assert texts("zh", "settings.quiet_off") in panel.text


async def test_quotes_of_what_is_not_stored_any_more_are_said_to_be_gone(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    assert await api.note(await api.tap(ADA, answer, "qs:AAAAAAAA")) == texts("zh", "telegram.gone")
    assert await api.note(await api.tap(ADA, answer, "qs:nonsense!")) == texts("zh", "telegram.unknown_button")


@pytest.mark.parametrize("thread", [7, None])
async def test_a_forum_can_keep_the_bot_to_one_topic(api: BotApi, texts: Texts, thread: int | None) -> None:
    panel = await settings(api, FORUM, thread)
    await set_by(api, panel, texts("zh", "settings.only_here_button"))
    assert texts("zh", "settings.here") in panel.text

    assert (await ask(api, NUCLEAR, FORUM, thread)).text.startswith(f"❓ {NUCLEAR}")
    hint = await ask(api, SOLAR, FORUM, 8)
    assert hint.text == texts("en", "group.elsewhere")
    assert f'href="https://t.me/c/1000000002/{thread or 1}"' in hint.markup
    assert hint.thread == 8
    await api.group_message(BOB, f"@interview_bot {GAS}", FORUM, thread=8)
    await api.handled()

    await set_by(api, panel, texts("zh", "settings.everywhere_button"))
    assert texts("zh", "settings.everywhere") in panel.text
    assert (await ask(api, GAS, FORUM, 8)).text.startswith(f"❓ {GAS}")


async def test_the_topic_of_others_is_named_as_such(api: BotApi, texts: Texts) -> None:
    await set_by(api, await settings(api, FORUM, 7), texts("zh", "settings.only_here_button"))

    assert texts("zh", "settings.elsewhere") in (await settings(api, FORUM, 8)).text


async def test_only_admins_of_the_group_see_and_change_its_settings(api: BotApi, texts: Texts) -> None:
    panel = await settings(api)
    await api.group_message(BOB, "/settings@interview_bot")

    assert (await api.sent(2))[1].text == texts("en", "settings.refused")
    assert await api.tapped(BOB, panel, "English") == texts("zh", "settings.refused")
    assert panel.edits == 0


@pytest.mark.parametrize("data", ["os:l:fr", "os:q:2", "os:t:-1", "os:x:1", "os:t:x"])
async def test_settings_that_make_no_sense_are_refused(api: BotApi, texts: Texts, data: str) -> None:
    panel = await settings(api)

    assert await api.note(await api.tap(ADA, panel, data)) == texts("zh", "telegram.unknown_button")


async def test_in_private_there_is_nothing_to_set(api: BotApi, texts: Texts) -> None:
    assert (await api.answer(ADA, "/settings")).text == texts("zh", "settings.in_private")


async def test_settings_move_with_a_group_that_becomes_a_supergroup(api: BotApi) -> None:
    await set_by(api, await settings(api, BASIC_GROUP), "English")

    await api.group_message(ADA, None, BASIC_GROUP, migrate_to_chat_id=GROUP.id)
    await api.group_message(ADA, "/help@interview_bot", BASIC_GROUP)  # handled behind what moves the settings
    await api.sent(2)

    assert (await ask(api, NUCLEAR)).text.startswith(f"❓ {EN}")


async def test_privacy_says_what_is_stored_and_for_how_long(api: BotApi, texts: Texts) -> None:
    assert texts("en", "privacy.stored", days=30) in (await api.answer(BOB, "/privacy")).text


async def test_forget_deletes_what_is_stored_and_says_how_much(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    await api.answer(BOB, NUCLEAR)
    await api.tapped(ADA, answer, "👍")
    await api.answer(ADA, "/lang en")
    await api.answer(ADA, SOLAR)

    told = (await api.answer(ADA, "/forget")).text

    assert told.split("\n\n") == [
        texts("zh", "privacy.forgotten", questions=2, votes=1),
        texts("zh", "privacy.language_forgotten"),
    ]
    assert (await api.answer(ADA, "/forget")).text == texts("zh", "privacy.nothing")
    assert await api.tapped(ADA, answer, "👎") == texts("zh", "feedback.too_old")
    assert (await api.answer(BOB, "/forget")).text == texts("en", "privacy.forgotten", questions=1, votes=0)


async def test_after_forget_nothing_is_left_of_a_private_chat(bot: App, api: BotApi) -> None:
    await api.answer(BOB, NUCLEAR)
    await api.answer(BOB, "/forget")
    await api.answer(BOB, "/help")  # handled once all is written down

    assert await rows_left_of(bot, bot.services.pseudonyms.chat(BOB.id)) == 0


async def test_forget_deletes_what_is_still_to_be_written(bot: App, api: BotApi) -> None:
    services = bot.services
    chat = services.pseudonyms.chat(BOB.id)
    await api.answer(BOB, NUCLEAR)
    await api.answer(BOB, "/help")  # handled once the answer is written, so that the next write is half a second away
    services.write_behind.put(ConversationRow(1, chat, ("talk/one",), frozenset(), time.time()))
    services.write_behind.put(SentAnswerRow(chat, 10**6, (10**6,), None, None, None, time.time()))

    await api.answer(BOB, "/forget")
    await bot.inbox.worker.stop(STOP_TIMEOUT_SECONDS)  # writes whatever is pending

    assert await rows_left_of(bot, chat) == 0


async def rows_left_of(bot: App, chat: int) -> int:
    """Count the rows that belong to a chat."""
    counts = [
        select(func.count()).where(column == chat) for column in (ANSWERS.c.chat, CONVERSATIONS.c.chat, HISTORY.c.chat)
    ]
    return await bot.services.database.read(
        lambda connection: sum(connection.execute(count).scalar_one() for count in counts)
    )
