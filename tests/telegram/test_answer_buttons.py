"""What can be done with an answer: see it in context, share it, delete it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.answers.assistant import Assistant
from bot.answers.reply import Decision, Reply, Scored
from bot.storage.preferences import ChatSettings
from bot.telegram.answering.deliver import deliver
from bot.telegram.client import Destination
from bot.telegram.context import App, Context
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi, Sent, User
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")

EVE = User(13, "Eve", "eve", "zh-hans")


async def group_answer(api: BotApi, question: str = NUCLEAR) -> Sent:
    """Let Ada ask in the group."""
    before = len(api.world.sent)
    await api.group_message(ADA, f"@interview_bot {question}")
    return (await api.sent(before + 1))[-1]


async def test_the_context_shows_the_lines_around_the_quote_and_marks_those_quoted(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, SOLAR)

    assert await api.tapped(ADA, answer, texts("zh", "context.button")) == ""

    context = (await api.sent(2))[1]
    assert context.text == (
        f"{texts('zh', 'context.title')}\n❓ {SOLAR}\n\n"
        "第 2–8 行\n"
        "2 奥特曼认为核能很重要\n"
        "3 核能包括小型模块化反应堆和核聚变\n"
        "4 他还说\n"
        "▸ 5 太阳能加储能是长期的方向\n"
        "6 短期内美国新增的电力主要来自天然气\n"
        "7 如果 a < b && c > d\n"
        "8 那就成本不高"
    )
    assert (context.reply_to, context.labels) == (answer.message_id, [])


async def test_the_context_is_shown_once(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, SOLAR)

    notes = [await api.tapped(ADA, answer, texts("zh", "context.button")) for _ in range(2)]

    assert notes == ["", texts("zh", "telegram.already_answered")]
    await api.sent(2)


async def test_a_shared_link_leads_to_the_entry(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, SOLAR)

    shared = parse_qs(urlsplit(answer.url(texts("zh", "share.button"))).query)

    assert shared["text"] == [SOLAR]
    (link,) = shared["url"]
    assert link.startswith("https://t.me/interview_bot?start=")
    assert (await api.answer(ADA, f"/start {link.partition('=')[2]}")).text == answer.text


async def test_several_answers_have_their_own_tools(bot: App, api: BotApi, texts: Texts, assistant: Assistant) -> None:
    entries = list(assistant.knowledge.interviews[0].entries())[1:3]
    asked = await api.silent_message(GROUP, ADA, "都说说")
    reply = Reply("都说说", Decision("answered", "zh", answers=tuple(Scored(entry, 0.9) for entry in entries)))

    await deliver(
        Context(bot), Destination(GROUP.id, None, asked["message_id"], group=True, asker=ADA.id), ChatSettings(), reply
    )

    (answer,) = await api.sent(1)
    assert answer.labels == [
        *(texts("zh", f"{tool}.numbered", number=number) for number in (1, 2) for tool in ("context", "share")),
        *("👍", "👎", texts("zh", "feedback.wrong")),
        texts("zh", "delete.button"),
    ]
    await api.tapped(ADA, answer, texts("zh", "context.numbered", number=2))
    assert GAS in (await api.sent(2))[1].text


async def test_in_private_nothing_needs_to_be_deleted(api: BotApi, texts: Texts) -> None:
    assert texts("zh", "delete.button") not in (await api.answer(ADA, NUCLEAR)).labels


@pytest.mark.parametrize(("user", "status"), [(EVE, "creator"), (EVE, "administrator")], ids=["owner", "admin"])
async def test_admins_of_the_group_delete_an_answer(api: BotApi, texts: Texts, user: User, status: str) -> None:
    api.world.members[GROUP.id, user.id] = status
    answer = await group_answer(api)

    assert await api.tapped(user, answer, texts("zh", "delete.button")) == ""

    assert (GROUP.id, answer.message_id) in api.world.deleted


async def test_who_asked_deletes_the_answer(api: BotApi, texts: Texts) -> None:
    answer = await group_answer(api)

    assert await api.tapped(ADA, answer, texts("zh", "delete.button")) == ""

    assert api.world.deleted == {(GROUP.id, answer.message_id)}


async def test_a_second_tap_on_delete_is_acknowledged(api: BotApi, texts: Texts) -> None:
    answer = await group_answer(api)
    delete = answer.data(texts("zh", "delete.button"))

    notes = [await api.note(await api.tap(ADA, answer, delete)) for _ in range(2)]

    assert notes == ["", ""]
    assert api.failures == ["deleteMessage: Bad Request: message to delete not found"]
    api.failures.clear()


async def test_others_do_not_delete_an_answer(api: BotApi, texts: Texts) -> None:
    answer = await group_answer(api)

    notes = [await api.tapped(user, answer, texts("zh", "delete.button")) for user in (BOB, EVE, BOB)]

    assert notes == [texts("zh", "delete.refused")] * 3
    assert api.world.deleted == set()


async def test_where_telegram_does_not_tell_the_admins_nobody_is_one(api: BotApi, texts: Texts) -> None:
    api.fail("getChatAdministrators", 400, "Bad Request: not today")
    answer = await group_answer(api)

    assert await api.tapped(BOB, answer, texts("zh", "delete.button")) == texts("zh", "delete.refused")


async def test_what_telegram_does_not_let_us_delete_is_said(api: BotApi, texts: Texts) -> None:
    answer = await group_answer(api)
    api.fail("deleteMessage", 400, "Bad Request: message can't be deleted for everyone")

    assert await api.tapped(ADA, answer, texts("zh", "delete.button")) == texts("zh", "delete.too_old")


async def test_who_taps_a_related_question_may_delete_its_answer(api: BotApi, texts: Texts) -> None:
    answer = await group_answer(api)
    await api.tapped(BOB, answer, SOLAR)
    second = (await api.sent(2))[1]

    assert await api.tapped(BOB, second, texts("zh", "delete.button")) == ""

    assert api.world.deleted == {(GROUP.id, second.message_id)}


async def test_a_follow_up_after_a_tapped_question_is_about_that_question(api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    await api.tapped(ADA, answer, SOLAR)
    await api.sent(2)

    words = await api.answer(ADA, "原话是什么？")

    assert words.text.startswith(f"❓ {SOLAR}")
