"""Manners in groups: who is answered, where, and who is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from bot.text import Texts
from tests.botapi import ADA, BOB, FORUM, GROUP, ME, BotApi, User
from tests.botapi.people import ANONYMOUS
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")

OTHER_BOT = User(99, "Other", "other_bot", None, is_bot=True)


async def nothing_but(api: BotApi, count: int) -> None:
    """Wait for a question that is surely answered, and see that nothing else was."""
    await api.group_message(BOB, f"@interview_bot {SOLAR}")
    answers = await api.sent(count + 1)
    assert answers[-1].text.startswith(f"❓ {SOLAR}")


@pytest.mark.parametrize(
    "text",
    [
        f"@interview_bot {NUCLEAR}",
        f"{NUCLEAR} @Interview_Bot",
        f"😀👍🏽 @INTERVIEW_BOT {NUCLEAR}",
        f"/ask {NUCLEAR}",
        f"/ask@interview_bot {NUCLEAR}",
        f"/ASK@Interview_Bot {NUCLEAR}",
        f"{NUCLEAR.rstrip('？')}@interview_bot",
        f"@interview_bot{NUCLEAR}",
        f"{NUCLEAR[:5]}@Interview_bot{NUCLEAR[5:]}",
        f"＠interview_bot {NUCLEAR}",
        f"/ask@interview_bot{NUCLEAR}",
        f"/ask{NUCLEAR}",
        f"／ask＠interview_bot{NUCLEAR}",
    ],
)
async def test_addressed_messages_are_answered(api: BotApi, text: str) -> None:
    asked = await api.group_message(ADA, text)

    (answer,) = await api.sent(1)

    assert answer.text.startswith(f"❓ {NUCLEAR}")
    assert (answer.chat, answer.reply_to) == (GROUP.id, asked["message_id"])
    assert answer.silent


@pytest.mark.parametrize(
    "text",
    [
        NUCLEAR,
        f"interview_bot {NUCLEAR}",
        f"@interview_bot2 {NUCLEAR}",
        f"@other_bot {NUCLEAR}",
        f"/ask@other_bot {NUCLEAR}",
        f"/other {NUCLEAR}",
        "/help@other_bot",
        f"mail me@interview_bot {NUCLEAR}",
        f"@interview_bot_fan{NUCLEAR}",
        f"@interview_bots{NUCLEAR}",
        f"x@interview_bot{NUCLEAR}",
        f"写信给张三@interview_bot.com，{NUCLEAR}",
        f"https://example.com/@interview_bot{NUCLEAR}",
        f"/ask@other_bot{NUCLEAR}",
        f"/asks{NUCLEAR}",
        "/help@other_bot怎么用",
    ],
)
async def test_other_messages_are_left_alone(api: BotApi, text: str) -> None:
    await api.group_message(ADA, text)

    await nothing_but(api, 0)


async def test_a_name_that_looks_like_a_mention_but_is_none_is_left_alone(api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}", marks=[{"type": "code", "offset": 0, "length": 14}])

    await nothing_but(api, 0)


async def test_a_text_mention_is_a_mention(api: BotApi) -> None:
    mark = {"type": "text_mention", "offset": 3, "length": 3, "user": ME.json()}
    await api.group_message(ADA, f"👍 机器人 {NUCLEAR}", marks=[mark])

    assert (await api.sent(1))[0].text.startswith(f"❓ {NUCLEAR}")


@pytest.mark.parametrize("caption", [f"@interview_bot {NUCLEAR}", f"@interview_bot{NUCLEAR}", f"／ask{NUCLEAR}"])
async def test_a_mention_in_a_caption_is_answered(api: BotApi, caption: str) -> None:
    photo = [{"file_id": "P", "file_unique_id": "U", "width": 1, "height": 1}]
    await api.group_message(ADA, None, photo=photo, caption=caption)

    assert (await api.sent(1))[0].text.startswith(f"❓ {NUCLEAR}")


async def test_a_reply_to_the_bot_is_a_question(api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (first,) = await api.sent(1)

    reply = await api.group_message(BOB, GAS, reply_to=first)

    second = (await api.sent(2))[1]
    assert second.text.startswith(f"❓ {GAS}")
    assert second.reply_to == reply["message_id"]


async def test_a_reply_to_somebody_else_is_left_alone(api: BotApi) -> None:
    said = await api.group_message(ADA, NUCLEAR)
    await api.group_message(BOB, GAS, reply_to=said)

    await nothing_but(api, 0)


async def test_a_bare_mention_in_reply_answers_the_message_that_is_replied_to(api: BotApi) -> None:
    said = await api.silent_message(GROUP, ADA, NUCLEAR)
    await api.group_message(BOB, "@interview_bot", reply_to=said)

    (answer,) = await api.sent(1)

    assert answer.text.startswith(f"❓ {NUCLEAR}")
    assert answer.reply_to == said["message_id"]


async def test_a_bare_mention_with_a_quoted_part_answers_that_part(api: BotApi) -> None:
    said = await api.silent_message(GROUP, ADA, f"大家早。{GAS} 另外天气不错")
    await api.group_message(BOB, "@interview_bot", reply_to=said, quote={"text": GAS, "position": 4})

    assert (await api.sent(1))[0].text.startswith(f"❓ {GAS}")


async def test_a_mention_with_words_in_reply_asks_those_words(api: BotApi) -> None:
    said = await api.silent_message(GROUP, ADA, NUCLEAR)
    asked = await api.group_message(BOB, f"@interview_bot {GAS}", reply_to=said)

    (answer,) = await api.sent(1)

    assert answer.text.startswith(f"❓ {GAS}")
    assert answer.reply_to == asked["message_id"]


async def test_a_bare_mention_gets_a_hint(api: BotApi, texts: Texts) -> None:
    await api.group_message(ADA, "@interview_bot")

    assert (await api.sent(1))[0].text == texts("zh", "smalltalk.nothing")


@pytest.mark.parametrize("sender", [OTHER_BOT, ME])
async def test_bots_are_left_alone(api: BotApi, sender: User) -> None:
    await api.group_message(sender, f"@interview_bot {NUCLEAR}")
    await api.group_message(sender, "/help@interview_bot")

    await nothing_but(api, 0)


async def test_what_the_bot_wrote_through_somebody_is_left_alone(api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}", via_bot=ME.json())

    await nothing_but(api, 0)


async def test_an_anonymous_admin_is_answered(api: BotApi) -> None:
    await api.group_message(ANONYMOUS, f"@interview_bot {NUCLEAR}", sender_chat=GROUP.json())

    assert (await api.sent(1))[0].text.startswith(f"❓ {NUCLEAR}")


@pytest.mark.parametrize(("thread", "goes_to"), [(7, 7), (8, 8), (None, None)], ids=["topic", "other topic", "General"])
async def test_an_answer_stays_in_its_forum_topic(api: BotApi, thread: int | None, goes_to: int | None) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}", FORUM, thread=thread)

    (answer,) = await api.sent(1)

    assert (answer.chat, answer.thread) == (FORUM.id, goes_to)


async def test_a_reply_thread_outside_of_forums_is_no_topic(api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}", message_thread_id=5)

    assert (await api.sent(1))[0].thread is None


async def test_the_first_message_of_a_topic_is_nobodys(api: BotApi) -> None:
    opened = api.world.message(FORUM, ME, forum_topic_created={"name": "Topic", "icon_color": 1})
    await api.group_message(ADA, NUCLEAR, FORUM, thread=7, reply_to=opened)

    await nothing_but(api, 0)


async def test_a_question_that_is_deleted_meanwhile_is_answered_without_reply(api: BotApi) -> None:
    asked = api.world.message(GROUP, ADA, text=f"@interview_bot {NUCLEAR}")
    asked["entities"] = [{"type": "mention", "offset": 0, "length": 14}]
    api.world.deleted.add((GROUP.id, asked["message_id"]))
    await api.push("message", asked)

    (answer,) = await api.sent(1)

    assert answer.reply_to is None


SERVICE: list[dict[str, Any]] = [
    {"new_chat_members": [BOB.json()]},
    {"left_chat_member": BOB.json()},
    {"group_chat_created": True},
    {"migrate_to_chat_id": -1009},
]


@pytest.mark.parametrize("content", SERVICE, ids=lambda content: next(iter(content)))
async def test_service_messages_are_left_alone(api: BotApi, content: dict[str, Any]) -> None:
    await api.group_message(ADA, None, **content)

    await nothing_but(api, 0)


async def test_a_sticker_in_reply_to_the_bot_is_left_alone(api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)
    sticker = {"file_id": "S", "file_unique_id": "U", "width": 1, "height": 1, "type": "regular"}
    await api.group_message(ADA, None, reply_to=answer, sticker=sticker | {"is_animated": False, "is_video": False})

    await nothing_but(api, 1)
