"""Topics and groups that are something else by the time an answer arrives, as Telegram's users report them."""

from __future__ import annotations

import pytest
from telegram import Message

from bot.telegram.client import Destination, send_file, send_picture, topic_of
from bot.telegram.context import App
from bot.text import Texts
from tests.botapi import ADA, FORUM, GROUP, BotApi
from tests.botapi.people import BASIC_GROUP
from tests.botapi.state import Fault
from tests.telegram.knowledge import NUCLEAR

pytestmark = pytest.mark.usefixtures("bot")

UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (1).to_bytes(4) + (1).to_bytes(4)


async def test_the_general_topic_is_answered_without_its_number(api: BotApi) -> None:
    asked = await api.group_message(ADA, f"@interview_bot {NUCLEAR}", FORUM, thread=1)

    (answer,) = await api.sent(1)

    assert answer.reply_to == asked["message_id"]
    assert "message_thread_id" not in api.called("sendMessage")[-1]
    assert len(api.called("sendMessage")) == 1


async def test_a_question_in_a_topic_is_answered_although_topics_were_switched_off(api: BotApi) -> None:
    api.fail("sendMessage", 400, "Bad Request: message thread not found")
    asked = await api.group_message(ADA, f"@interview_bot {NUCLEAR}", FORUM, thread=7)

    (answer,) = await api.sent(1)

    assert answer.reply_to == asked["message_id"]
    assert "message_thread_id" not in api.called("sendMessage")[-1]


async def test_a_question_that_went_with_its_topic_is_answered_nowhere_else(bot: App, api: BotApi) -> None:
    api.fail("sendMessage", 400, "Bad Request: message thread not found")
    api.fail("sendMessage", 400, "Bad Request: message to be replied not found")
    asked = api.world.message(FORUM, ADA, text=f"/ask {NUCLEAR}", message_thread_id=7, is_topic_message=True)
    asked["entities"] = [{"type": "bot_command", "offset": 0, "length": 4}]
    api.world.deleted.add((FORUM.id, asked["message_id"]))
    await api.push("message", asked)
    await api.handled()
    await bot.update_queue.join()

    assert api.world.sent == []
    assert bot.services.health.failures == 0
    assert api.called("sendMessage")[-1]["reply_parameters"]["allow_sending_without_reply"] is False


@pytest.mark.parametrize(("thread", "marked"), [(1, True), (5, False), (None, False)])
async def test_a_thread_of_replies_and_general_are_no_topic(
    bot: App, api: BotApi, thread: int | None, marked: bool
) -> None:
    written = api.world.message(FORUM, ADA, text="x", message_thread_id=thread, is_topic_message=marked)

    assert topic_of(Message.de_json(written, bot.bot)) is None


async def test_files_and_pictures_follow_their_group_to_the_supergroup(bot: App, api: BotApi) -> None:
    api.world.add_chat(BASIC_GROUP)
    api.world.add_chat(GROUP)
    place = Destination(BASIC_GROUP.id, None, None, group=True)
    for method in ("sendDocument", "sendPhoto"):
        api.world.faults.append(Fault(method, 1, 400, UPGRADED, {"migrate_to_chat_id": GROUP.id}))

    await send_file(bot.bot, place, "a.txt", "words")
    await send_picture(bot.bot, place, "a.png", PIXEL, ["below"])

    assert [message.chat for message in await api.sent(2)] == [GROUP.id, GROUP.id]


async def test_a_button_above_which_the_group_was_upgraded_shows_its_page_in_the_supergroup(
    api: BotApi, texts: Texts
) -> None:
    await api.group_message(ADA, "/topics@interview_bot", BASIC_GROUP)
    (page,) = await api.sent(1)
    api.world.add_chat(GROUP)
    for method in ("editMessageText", "sendMessage"):
        api.world.faults.append(Fault(method, 1, 400, UPGRADED, {"migrate_to_chat_id": GROUP.id}))

    await api.tapped(ADA, page, page.labels[0])

    (_, shown) = await api.sent(2)
    assert (shown.chat, shown.reply_to) == (GROUP.id, None)
