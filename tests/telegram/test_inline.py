"""Inline mode: answers for chats that the bot isn't in."""

from __future__ import annotations

import logging

import pytest

from bot.answers.assistant import Assistant
from bot.answers.reply import Decision, Reply, Scored
from bot.matching.matcher import Matcher
from bot.matching.results import Status
from bot.telegram.answering.answer_keyboards import Keyboards
from bot.telegram.answering.inline import CACHE_SECONDS, articles, entries_of
from bot.text import LANGUAGES, Texts
from tests.botapi import ADA, BOB, BotApi
from tests.botapi.checks import results
from tests.botapi.markup import parse
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR


@pytest.mark.usefixtures("bot")
async def test_a_question_lists_its_answer_first_and_then_what_is_related(api: BotApi, texts: Texts) -> None:
    offered = (await api.inline(ADA, NUCLEAR))["results"]

    assert [one["title"] for one in offered[:3]] == [NUCLEAR, SOLAR, GAS]
    first = offered[0]
    assert first["description"] == "他认为核能很重要，软件和信息也一样。"
    assert parse(first["input_message_content"]["message_text"])[0] == (await api.answer(ADA, NUCLEAR)).text
    assert first["input_message_content"]["link_preview_options"] == {"is_disabled": True}
    ((more,),) = first["reply_markup"]["inline_keyboard"]
    assert more == {
        "text": texts("zh", "inline.more"),
        "url": "https://t.me/interview_bot?start=energy-talk_nuclear-view",
    }


@pytest.mark.usefixtures("bot")
async def test_nothing_typed_lists_what_people_ask_first_in_their_language(api: BotApi) -> None:
    answer = await api.inline(BOB, " ")

    assert [one["title"] for one in answer["results"]] == ["What does Altman think of nuclear power?"]
    assert (answer["cache_time"], answer["is_personal"]) == (str(CACHE_SECONDS), True)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("typed", ["谢谢", "今晚吃什么好呢", "<b>&", "😀", "a" * 256])
async def test_what_is_not_answered_lists_nothing_that_claims_to_be(api: BotApi, typed: str) -> None:
    answer = await api.inline(ADA, typed)

    assert all(set(one) >= {"id", "title", "input_message_content"} for one in answer["results"])
    if typed == "谢谢":
        assert answer["results"] == []


@pytest.mark.usefixtures("bot")
async def test_a_query_that_was_typed_over_is_no_failure(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    await api.push("inline_query", {"id": "gone", "from": ADA.json(), "query": NUCLEAR, "offset": ""})

    assert (await api.inline(ADA, NUCLEAR))["results"]
    await api.wait_for(lambda: api.failures, "the refusal")
    assert api.failures == [
        "answerInlineQuery: Bad Request: query is too old and response timeout expired or query ID is invalid"
    ]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    api.failures.clear()


@pytest.mark.parametrize("status", ["suggested", "unknown"])
def test_only_suggestions_are_listed_where_nothing_is_answered(assistant: Assistant, status: Status) -> None:
    entries = tuple(assistant.knowledge.by_key.values())[:2]
    reply = Reply("?", Decision(status, "zh", suggestions=tuple(Scored(entry, 0.4) for entry in entries)))

    assert entries_of(reply, assistant.knowledge) == (entries if status == "suggested" else ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_entry_is_a_well_formed_result(shipped: Matcher, texts: Texts, language: str) -> None:
    knowledge = shipped.knowledge
    entries = list(knowledge.by_key.values())
    below = Keyboards(knowledge, texts, "interview_bot")

    for start in range(0, len(entries), 50):
        made = articles(entries[start : start + 50], language, below)  # type: ignore[arg-type]  # parametrised
        results({"results": [article.to_dict() for article in made]})
