"""The shipped matcher over the shipped knowledge, from a message to a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import compose
from bot.configuration import Settings
from bot.matching.matcher import Matcher
from bot.matching.results import AnswerContext, Decision
from tests.builders import SECOND, cases

QUESTIONS = (
    "灯塔的守塔人是谁",
    "台风来了怎么办",
    "灯塔有多高",
    "酸种喂几次？另外灯塔会改成旅馆吗",
    "红烧肉怎么做",
    "who takes over",
    "你好",
)


def first_of(decision: Decision) -> str | None:
    return decision.answers[0].entry.id if decision.answers else None


@pytest.mark.slow
@pytest.mark.no_cover
def test_every_phrasing_finds_its_own_entry_first(shipped: Matcher) -> None:
    asked = [(entry, phrasing) for entry in shipped.knowledge.by_key.values() for phrasing in entry.asked_as()]
    strays = [
        (phrasing.text, entry.id, first_of(decision))
        for entry, phrasing in asked
        if first_of(decision := shipped.decide(phrasing.text)) != entry.id
    ]
    assert len(asked) > 1000
    assert strays == []


@pytest.mark.slow
@pytest.mark.no_cover
def test_no_phrasing_of_an_absent_topic_is_answered(shipped: Matcher) -> None:
    topics = [topic for interview in shipped.knowledge.interviews for topic in interview.not_covered]
    claimed = [
        (phrasing.text, topic.id, first_of(decision))
        for topic in topics
        for phrasing in topic.phrasings
        if not (decision := shipped.decide(phrasing.text)).smalltalk
        and (decision.status != "unknown" or decision.not_covered is not topic)
    ]
    assert len(topics) > 50
    assert claimed == []


@pytest.mark.parametrize("case", cases("smalltalk"))
def test_small_talk_is_told_from_questions(case: dict[str, Any], shipped: Matcher) -> None:
    decision = shipped.decide(case["text"])
    assert decision.smalltalk == case["kind"]
    assert (decision.status == "smalltalk") == (case["kind"] is not None)


@pytest.mark.parametrize("case", cases("topics"))
def test_each_topic_of_a_message_is_answered(case: dict[str, Any], shipped: Matcher) -> None:
    decision = shipped.decide(case["text"])
    answered = [found.entry.id for found in decision.answers]
    assert len(answered) == len(case["answers"])
    for entry, accepted in zip(answered, case["answers"], strict=True):
        assert entry in accepted


@pytest.mark.parametrize("case", cases("follow_ups"))
def test_a_message_is_read_in_the_light_of_the_one_before(case: dict[str, Any], shipped: Matcher) -> None:
    before: AnswerContext | None = None
    for turn in case["turns"]:
        decision = shipped.decide(turn["text"], None, before)
        assert decision.status == turn.get("status", "answered"), turn
        if "first" in turn:
            assert first_of(decision) in turn["first"], turn
            assert decision.focus == turn.get("focus"), turn
        if decision.answers:
            entries = tuple(found.entry for found in decision.answers)
            before = AnswerContext(
                entries, (before.shown if before else frozenset()) | {entry.key for entry in entries}
            )


@pytest.mark.parametrize("case", cases("reply_language"))
def test_the_reply_has_the_language_of_the_message_or_else_of_the_asker(case: dict[str, Any], shipped: Matcher) -> None:
    assert shipped.decide(case["text"], case["hint"]).language == case["expected"]


def test_a_score_is_a_probability_and_the_best_comes_first(shipped: Matcher) -> None:
    statuses: Counter[str] = Counter()
    for text in ("核能", "他怎么看", "why", "Sora 花了多少钱", "公司", "能源和 AGI", "DeepSeek", "电力不够怎么办"):
        decision = shipped.decide(text)
        statuses[decision.status] += 1
        scores = [candidate.score for candidate in decision.candidates]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        offered = [found.score for found in (*decision.answers, *decision.suggestions)]
        assert all(0 <= score <= 1 for score in offered)
        assert bool(decision.answers) == (decision.status == "answered")
        least, most = {"answered": (0, 0), "suggested": (1, 4)}.get(decision.status, (0, 2))
        assert least <= len(decision.suggestions) <= most
    assert statuses["answered"] >= 3


def test_the_same_text_is_decided_the_same(second: Matcher) -> None:
    assert [second.decide(text) for text in QUESTIONS] == [second.decide(text) for text in QUESTIONS]


@pytest.mark.slow
def test_two_matchers_of_the_same_knowledge_decide_the_same(second: Matcher, make_data_dir: Callable[[], Path]) -> None:
    other = compose.matcher(Settings().model_copy(update={"knowledge_dir": SECOND, "data_dir": make_data_dir()}))
    assert other.knowledge.version == second.knowledge.version
    assert [other.decide(text) for text in QUESTIONS] == [second.decide(text) for text in QUESTIONS]


def test_the_second_knowledge_is_answered_as_well(second: Matcher) -> None:
    for entry in second.knowledge.by_key.values():
        for phrasing in entry.asked_as():
            found = second.decide(phrasing.text).answers[0].entry
            assert found.key == entry.key
    assert second.decide("灯塔有多高").not_covered is not None
    assert second.decide("奥特曼怎么看核能").status != "answered"
    assert first_of(second.decide("老林守了多少年")) == "keeper"


def test_interviews_side_by_side_are_told_apart(second: Matcher) -> None:
    decision = second.decide("酸种一天喂几次？另外守塔人叫什么名字？")
    assert [found.entry.key for found in decision.answers] == ["bakery/keeper", "lighthouse/keeper"]


def test_an_alias_is_as_good_as_the_name(second: Matcher) -> None:
    for name in ("林海生", "老林", "林师傅", "Lin Haisheng "):
        assert first_of(second.decide(f"{name}守了多少年")) == "keeper"


@pytest.mark.parametrize("text", ["", "？？", "😂"])
def test_a_message_without_a_word_says_nothing_to_an_answer_either(text: str, second: Matcher) -> None:
    before = AnswerContext((second.knowledge.by_key["lighthouse/lamp"],))
    assert second.decide(text, None, before).smalltalk == "nothing"


def test_a_quoted_point_leads_to_the_entry_that_says_more_about_it(shipped: Matcher) -> None:
    last = shipped.knowledge.by_key["altman-a16z/why-sora"]
    point = next(number for number, text in enumerate(last.points) if "世界模型" in text.zh)

    for text in ("展开说说", "为什么？"):
        assert first_of(shipped.decide(text, None, AnswerContext((last,), point=point))) == "world-model-agi"
    phrasing = shipped.decide("原话是什么？", None, AnswerContext((last,), point=point))
    assert (first_of(phrasing), phrasing.focus) == ("why-sora", point)


def test_what_was_asked_before_suggestions_completes_a_message(second: Matcher) -> None:
    offered = tuple(second.knowledge.by_key[f"lighthouse/{name}"] for name in ("lamp", "panels"))
    before = AnswerContext(offered, is_offer=True, unanswered="太阳能板多久")

    assert second.decide("多久一次？").status == "suggested"
    assert first_of(second.decide("多久一次？", None, before)) == "panels"
    assert first_of(second.decide("第二个", None, before)) == "panels"
    assert second.decide("谢谢", None, before).smalltalk == "thanks"
    assert second.decide("the second one", None, before).language == "en"
    assert second.decide("不相干的话", None, replace(before, unanswered="别的")).status == "unknown"


@pytest.mark.parametrize("text", ["为什么", "why?", "详细说说"])
def test_a_bare_follow_up_is_never_said_to_be_missing_in_the_interview(text: str, second: Matcher) -> None:
    for entry in second.knowledge.by_key.values():
        assert second.decide(text, None, AnswerContext((entry,))).status in {"answered", "suggested"}


@pytest.mark.parametrize("text", ["帮我写首诗", "推荐个餐厅", "今天天气怎么样", "who won the world cup"])
def test_another_subject_is_not_dragged_to_the_last_answer(text: str, shipped: Matcher) -> None:
    for key in ("nuclear-view", "open-source-view", "why-sora"):
        before = AnswerContext((shipped.knowledge.by_key[f"altman-a16z/{key}"],))
        assert shipped.decide(text, None, before).status != "answered"


def test_a_message_of_another_snapshot_is_no_trouble(second: Matcher, shipped: Matcher) -> None:
    entry = shipped.knowledge.by_key["altman-a16z/nuclear-view"]
    elsewhere = AnswerContext((replace(entry, interview="gone"),))
    assert second.decide("那台风呢", None, elsewhere).status in {"answered", "suggested", "unknown"}
    assert second.decide("为什么", None, elsewhere).status in {"answered", "suggested"}


def test_an_entry_whose_relation_is_gone_after_a_reload_is_no_trouble(second: Matcher) -> None:
    entry = second.knowledge.by_key["lighthouse/lamp"]
    old = replace(entry, related=("gone", "panels"))
    assert first_of(second.decide("还有呢", None, AnswerContext((old,), frozenset({old.key})))) == "panels"
