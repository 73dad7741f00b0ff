"""What the question files teach: which candidate of which question is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.evaluation.examples import CHANGES, of_changes, of_conversations, of_messages, of_questions
from bot.evaluation.questions import Ranges, Topic
from bot.knowledge.model import Entry
from bot.matching.matcher import Matcher
from tests.builders import make_question


def lines(entry: Entry) -> Ranges:
    return tuple((quote.span.first, quote.span.last) for quote in entry.quotes)


def overview(matcher: Matcher) -> Entry:
    return next(entry for entry in matcher.knowledge.by_key.values() if entry.broad)


def test_an_overview_is_right_where_it_answers_all_that_was_asked(shipped: Matcher) -> None:
    broad = overview(shipped)
    first, *_, last = lines(broad)
    question = replace(make_question((first,), (last,)), text=broad.question.zh)
    right = {example.features["broad"] for example, _ in of_questions(shipped.engine, [question])
             if example.right}  # fmt: skip
    assert right == {1.0}


def test_several_questions_that_no_entry_answers_teach_nothing_here(shipped: Matcher) -> None:
    one, *_, other = (entry for entry in shipped.knowledge.by_key.values() if not entry.broad)
    question = make_question(lines(one), lines(other))
    assert not list(of_questions(shipped.engine, [question]))


def test_what_the_interview_does_not_answer_has_no_right_candidate(shipped: Matcher) -> None:
    question = replace(make_question(kind="vague"), text="核能怎么样")
    examples = [example for example, with_model in of_questions(shipped.engine, [question]) if not with_model]
    assert examples
    assert not any(example.right for example in examples)
    assert {example.traffic for example in examples} == {"vague"}


def test_of_the_entries_that_quote_the_same_lines_only_the_accepted_ones_are_right(shipped: Matcher) -> None:
    narrow, broad = (shipped.knowledge.by_key[f"altman-a16z/{name}"] for name in ("nuclear-scope", "nuclear-view"))
    text = narrow.question.zh
    by_lines, strict = (
        [
            example
            for example, with_model in of_questions(shipped.engine, [replace(make_question(topic), text=text)])
            if not with_model
        ]
        for topic in (Topic(lines(narrow)), Topic(lines(narrow), (narrow.id,)))
    )
    assert {example.features["broad"] for example in by_lines if example.right} == {0.0, float(broad.broad)}
    assert [example.features["broad"] for example in strict if example.right] == [0.0]
    assert len(by_lines) == len(strict)


def test_a_turn_is_right_with_the_entries_that_it_names(shipped: Matcher) -> None:
    turns = [
        replace(make_question(Topic(entries=(name,)), name=f"d.{at}", turn=at), text=text)
        for at, (name, text) in enumerate([("nuclear-view", "他怎么看核能"), ("nuclear-scope", "具体包括哪些技术")])
    ]
    examples = list(of_conversations(shipped.engine, turns))
    assert {example.question for example in examples} == {"d.1"}
    assert sum(example.right for example in examples) == 1


def test_a_way_to_cut_a_message_is_right_where_it_answers_nothing_else(shipped: Matcher) -> None:
    text = "能源为什么是AI的瓶颈？核能推广得多快取决于什么？"
    topics = [Topic(entries=("energy-bottleneck",)), Topic(entries=("nuclear-adoption",))]
    asked, half = (
        list(of_messages(shipped.engine, [replace(make_question(*named), text=text)], dialogue=shipped.dialogue))
        for named in (topics, [topics[0], Topic(entries=("sora-compute-share",))])
    )
    assert any(example.right for example in asked)
    assert half
    assert not any(example.right for example in half)


@pytest.mark.slow
def test_some_questions_teach_what_a_change_of_subject_looks_like(shipped: Matcher) -> None:
    entry = shipped.knowledge.by_key["altman-a16z/nuclear-view"]
    kinds: list[Ranges] = [lines(entry), ()]
    questions = [
        replace(make_question(*[gold] if gold else [], name=f"q{number}", kind="far"), text=text)
        for number in range(20 * CHANGES)
        for gold, text in [(kinds[number % 2], ("核电到底咋样", "帮我写首诗")[number % 2])]
    ]
    examples = list(of_changes(shipped.engine, questions))
    assert 0 < len({example.question for example in examples}) < len(questions)
    assert {example.traffic for example in examples} == {"answerable", "far"}
    assert any(example.right for example in examples)
    assert not any(example.right for example in examples if example.traffic == "far")
    assert {"alone", "behind"} <= set(examples[0].features)
