"""Manners in groups: introductions, channels, repeated answers, limits, and groups that become other chats."""

from __future__ import annotations

import logging

import pytest

from bot.telegram.chats.rate_limits import PERSON_REQUESTS
from bot.telegram.context import App
from bot.text import Texts
from tests.botapi import ADA, BOB, FORUM, GROUP, BotApi
from tests.botapi.people import BASIC_GROUP, CHANNEL, CHANNEL_BOT, TELEGRAM
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")


async def test_the_bot_introduces_itself_where_it_is_added(api: BotApi, texts: Texts) -> None:
    await api.join(GROUP, BOB)

    (intro,) = await api.sent(1)
    assert intro.text == texts("en", "group.intro", username="interview_bot")
    assert (intro.chat, intro.silent) == (GROUP.id, True)
    await api.tapped(ADA, intro, "What does Altman think of nuclear power?")
    assert (await api.sent(2))[1].text.startswith("❓ What does Altman think of nuclear power?")


@pytest.mark.parametrize(("before", "after"), [("member", "left"), ("administrator", "member"), ("left", "left")])
async def test_other_changes_are_no_reason_to_speak(api: BotApi, before: str, after: str) -> None:
    await api.join(GROUP, BOB, before, after)
    await api.answer(ADA, NUCLEAR)

    await api.sent(1)


async def test_the_bot_introduces_itself_once(api: BotApi) -> None:
    for _ in range(2):
        await api.join(GROUP, BOB)
        await api.join(GROUP, BOB, "member", "left")
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")

    await api.sent(2)


async def test_a_group_that_becomes_a_supergroup_needs_no_second_introduction(api: BotApi) -> None:
    await api.group_message(ADA, None, BASIC_GROUP, migrate_to_chat_id=GROUP.id)
    await api.handled()
    await api.answer(ADA, NUCLEAR)
    await api.join(GROUP, ADA)
    await api.group_message(ADA, f"@interview_bot {SOLAR}")

    assert (await api.sent(2))[1].text.startswith(f"❓ {SOLAR}")


async def test_an_answer_follows_its_group_to_the_supergroup(api: BotApi) -> None:
    api.migrate(BASIC_GROUP, GROUP)
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}", BASIC_GROUP)

    (answer,) = await api.sent(1)

    assert (answer.chat, answer.reply_to) == (GROUP.id, None)


@pytest.mark.parametrize("text", [NUCLEAR, "/help", f"/ask {NUCLEAR}"])
async def test_a_channels_automatic_forwards_are_left_alone(api: BotApi, text: str) -> None:
    await api.group_message(TELEGRAM, text, sender_chat=CHANNEL.json(), is_automatic_forward=True)
    await api.group_message(BOB, f"@interview_bot {SOLAR}")

    assert (await api.sent(1))[0].text.startswith(f"❓ {SOLAR}")


async def test_an_automatic_forward_that_mentions_the_bot_is_answered(api: BotApi) -> None:
    text = f"@interview_bot {NUCLEAR}"
    await api.group_message(TELEGRAM, text, sender_chat=CHANNEL.json(), is_automatic_forward=True)

    assert (await api.sent(1))[0].text.startswith(f"❓ {NUCLEAR}")


async def test_what_is_written_as_a_channel_is_a_conversation_of_its_own(api: BotApi) -> None:
    await api.group_message(CHANNEL_BOT, f"@interview_bot {NUCLEAR}", sender_chat=CHANNEL.json())
    (first,) = await api.sent(1)
    await api.group_message(BOB, f"@interview_bot {SOLAR}")
    await api.sent(2)

    await api.group_message(CHANNEL_BOT, "@interview_bot 为什么？", sender_chat=CHANNEL.json())

    assert f"/{first.message_id}" in (await api.sent(3))[2].markup


async def test_the_same_answer_within_a_minute_points_to_the_first(api: BotApi, texts: Texts) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (first,) = await api.sent(1)

    asked = await api.group_message(BOB, f"@interview_bot {NUCLEAR}")

    second = (await api.sent(2))[1]
    assert second.text == texts("zh", "group.above")
    assert second.markup == f'<a href="https://t.me/c/1000000001/{first.message_id}">{second.text}</a>'
    assert (second.reply_to, second.labels) == (asked["message_id"], [])


async def test_in_a_group_without_links_the_pointer_is_words_alone(api: BotApi, texts: Texts) -> None:
    for user in (ADA, BOB):
        await api.group_message(user, f"@interview_bot {NUCLEAR}", BASIC_GROUP)

    assert (await api.sent(2))[1].markup == texts("zh", "group.above")


async def test_other_answers_topics_and_private_chats_are_not_repetitions(api: BotApi) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}", FORUM, thread=7)
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}", FORUM, thread=8)
    await api.group_message(ADA, f"@interview_bot {GAS}", FORUM, thread=8)
    await api.sent(3)
    for _ in range(2):
        await api.answer(ADA, NUCLEAR)

    assert all(answer.text.startswith("❓") for answer in api.world.sent)


async def test_an_answer_that_was_deleted_is_given_again(api: BotApi, texts: Texts) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (first,) = await api.sent(1)
    await api.tapped(ADA, first, texts("zh", "delete.button"))

    await api.group_message(BOB, f"@interview_bot {NUCLEAR}")

    assert (await api.sent(2))[1].text.startswith(f"❓ {NUCLEAR}")


async def test_an_answer_that_was_edited_to_another_is_given_again(api: BotApi) -> None:
    asked = await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (first,) = await api.sent(1)
    await api.edit(asked, f"@interview_bot {SOLAR}")
    await api.edited(first)

    await api.group_message(BOB, f"@interview_bot {NUCLEAR}")
    await api.group_message(BOB, f"@interview_bot {SOLAR}")

    _, again, pointer = await api.sent(3)
    assert again.text.startswith(f"❓ {NUCLEAR}")
    assert f"/{first.message_id}" in pointer.markup


async def test_who_asks_too_much_is_told_once_and_then_left_waiting(bot: App, api: BotApi, texts: Texts) -> None:
    for _ in range(PERSON_REQUESTS + 5):
        await api.private_message(ADA, "谢谢")
    await api.handled()
    await bot.update_queue.join()
    # The bot takes its time, so that a request or two may have come back meanwhile.
    told = [sent.text for sent in api.world.sent]

    assert told.count(texts("zh", "limits.slower")) == 1
    assert PERSON_REQUESTS < len(told) < PERSON_REQUESTS + 5
    assert (await api.answer(BOB, "thanks")).text == texts("en", "smalltalk.thanks"), "others aren't concerned"


async def test_a_tap_too_many_is_answered_with_a_note(bot: App, api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    while bot.services.rate_limits.take(ADA.id, None) == "admitted":
        pass

    assert await api.tapped(ADA, answer, SOLAR) == texts("zh", "limits.slower")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        (400, "Bad Request: have no rights to send a message"),
        (400, "Bad Request: need administrator rights in the channel chat"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
        (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN"),
        (400, "Bad Request: CHAT_GUEST_SEND_FORBIDDEN"),
        (400, "Bad Request: CHAT_RESTRICTED"),
        (400, "Bad Request: TOPIC_CLOSED"),
        (400, "Bad Request: TOPIC_DELETED"),
        (400, "Bad Request: message thread not found"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: PEER_ID_INVALID"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: the group chat was deleted"),
        (403, "Forbidden: user is deactivated"),
    ],
)
async def test_a_message_that_is_refused_for_good_is_one_try_and_no_failure(
    bot: App, api: BotApi, caplog: pytest.LogCaptureFixture, status: int, reason: str
) -> None:
    caplog.set_level(logging.INFO, "bot")
    caplog.clear()
    api.fail("sendMessage", status, reason, times=2)
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    await api.handled()
    await bot.update_queue.join()

    (told,) = [record for record in caplog.records if record.name == "bot.telegram.error_handlers"]
    assert (told.levelno, "may not write there" in told.getMessage()) == (logging.INFO, True)
    assert len(api.called("sendMessage")) == 1
    assert bot.services.health.failures == 0
