"""Questions in private, from message to rendered reply."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from bot.answers.reply import Decision, Reply, Scored
from bot.storage.preferences import ChatSettings
from bot.telegram.answering.deliver import deliver
from bot.telegram.client import Destination
from bot.telegram.context import App, Context
from bot.text import Texts
from tests.botapi import ADA, BOB, BotApi, Sent, User
from tests.botapi.people import private
from tests.botapi.state import LIMIT
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")

TAIPEI = User(21, "Mei", "mei", "zh-hant")


async def delivered(bot: App, api: BotApi, reply: Reply) -> Sent:
    """Let the bot deliver a reply to Ada in private, however the matcher would have come to it."""
    asked = await api.silent_message(api.world.add_chat(private(ADA)), ADA, reply.question)
    await deliver(Context(bot), Destination(ADA.id, None, asked["message_id"], group=False), ChatSettings(), reply)
    return (await api.sent(1))[0]


def suggestions(bot: App) -> Reply:
    """Return a reply that claims nothing and suggests the entries on energy."""
    entries = bot.services.assistant.knowledge.interviews[0].entries()
    return Reply("能源？", Decision("suggested", "zh", suggestions=tuple(Scored(entry, 0.4) for entry in entries)))


async def test_answer_shows_question_points_and_quotes_with_their_lines(api: BotApi) -> None:
    asked = await api.private_message(ADA, NUCLEAR)

    (answer,) = await api.sent(1)

    assert answer.text == (
        "❓ 奥特曼怎么看核能？\n\n"
        "• 他认为核能很重要，软件和信息也一样。\n\n"
        "大飞转述 · 第 2–3 行\n奥特曼认为核能很重要\n核能包括小型模块化反应堆和核聚变"
    )
    assert [entity["type"] for entity in answer.entities] == ["bold", "expandable_blockquote", "bold"]
    assert answer.reply_to == asked["message_id"]
    assert answer.preview_off
    assert not answer.silent


async def test_below_an_answer_are_up_to_three_related_questions(api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    assert answer.labels[:-5] == [SOLAR, GAS, "成本条件 a < b && c > d 说明什么？"]


async def test_what_is_curated_is_escaped(api: BotApi) -> None:
    answer = await api.answer(ADA, "成本条件 a < b && c > d 说明什么？")

    assert "• 如果 <b>a</b> & b，成本就不高。" in answer.text
    assert "如果 a < b && c > d\n那就成本不高" in answer.text
    assert answer.parse_mode == "HTML"


async def test_an_english_question_gets_english_points_and_the_chinese_quote(api: BotApi) -> None:
    answer = await api.answer(BOB, "What does Altman think of nuclear power?")

    assert "• He considers nuclear power important & <vital>." in answer.text
    assert "narrator · lines 2–3\n奥特曼认为核能很重要" in answer.text


async def test_a_question_in_traditional_script_gets_traditional_points_and_the_verbatim_quote(api: BotApi) -> None:
    answer = await api.answer(TAIPEI, "奧特曼怎麼看核能？")

    assert "奧特曼怎麼看核能？" in answer.text
    assert "他認為核能很重要，軟體和資訊也一樣。" in answer.text
    assert "奥特曼认为核能很重要\n核能包括小型模块化反应堆和核聚变" in answer.text


async def test_suggestions_are_listed_and_each_has_a_button(bot: App, api: BotApi, texts: Texts) -> None:
    sent = await delivered(bot, api, suggestions(bot))

    listed = ["1. 奥特曼怎么看核能？", f"2. {SOLAR}", f"3. {GAS}", "4. 成本条件 a < b && c > d 说明什么？"]
    assert sent.text == "\n\n".join([texts("zh", "suggested.intro"), "\n".join(listed)])
    assert sent.labels == listed


async def test_tapping_a_suggestion_answers_it_in_a_new_message(bot: App, api: BotApi) -> None:
    suggested = await delivered(bot, api, suggestions(bot))

    note = await api.tapped(ADA, suggested, "2. ")

    answer = (await api.sent(2))[1]
    assert note == ""
    assert answer.text.startswith(f"❓ {SOLAR}")
    assert answer.reply_to == suggested.message_id
    assert suggested.edits == 0


async def test_what_the_interview_does_not_say_is_said_to_be_unknown(bot: App, api: BotApi, texts: Texts) -> None:
    sent = await delivered(bot, api, Reply("明天下雨吗", Decision("unknown", "zh")))

    assert sent.text == "\n\n".join([texts("zh", "unknown.plain"), texts("zh", "unknown.topics")])
    assert sent.labels == []


@pytest.mark.parametrize("content", [{"caption": NUCLEAR}, {"caption": f"/ask {NUCLEAR}"}])
async def test_a_caption_is_a_question(api: BotApi, content: dict[str, str]) -> None:
    photo = [{"file_id": "P", "file_unique_id": "U", "width": 1, "height": 1}]

    await api.private_message(ADA, None, photo=photo, **content)

    assert (await api.sent(1))[0].text.startswith(f"❓ {NUCLEAR}")


async def test_messages_of_one_chat_are_answered_in_order(api: BotApi) -> None:
    for question in (NUCLEAR, SOLAR, GAS, NUCLEAR):
        await api.private_message(ADA, question)

    answers = await api.sent(4)

    assert [answer.text.split("\n")[0] for answer in answers] == [
        f"❓ {each}" for each in (NUCLEAR, SOLAR, GAS, NUCLEAR)
    ]


async def test_typing_is_shown_while_an_answer_takes_long(api: BotApi) -> None:
    with _no_free_thread():
        await api.private_message(ADA, f"{NUCLEAR}{SOLAR}")
        await api.wait_for(lambda: api.world.actions, "typing")
        assert api.world.sent == []
    await api.sent(1)

    assert api.world.actions == [{"chat_id": str(ADA.id), "action": "typing"}]


async def test_a_curated_phrasing_is_answered_while_others_are_thought_about(api: BotApi) -> None:
    with _no_free_thread():
        await api.private_message(ADA, f"{NUCLEAR}{SOLAR}")
        await api.private_message(BOB, GAS)
        answer = (await api.sent(1))[0]

        assert answer.chat == BOB.id


@contextmanager
def _no_free_thread() -> Iterator[None]:
    """Keep the only thread that may think busy while the block runs."""
    may_think = threading.Event()
    threads = ThreadPoolExecutor(1)
    threads.submit(may_think.wait, LIMIT)
    asyncio.get_running_loop().set_default_executor(threads)
    try:
        yield
    finally:
        may_think.set()


async def test_typing_is_not_shown_for_a_quick_answer(api: BotApi) -> None:
    for _ in range(3):
        await api.answer(ADA, NUCLEAR)

    assert len(api.world.actions) < 3
