"""A question is asked of knowledge that doesn't contain its phrasing, so that it teaches something about the next."""

from __future__ import annotations

from dataclasses import replace

from bot.evaluation.cross_validation import PARTS, folds, without
from bot.evaluation.questions import EvaluationQuestion
from bot.matching.matcher import Matcher
from tests.builders import make_question, normaliser


def questions(*names: str) -> list[EvaluationQuestion]:
    return [make_question(name=name) for name in names]


def test_what_was_written_together_stays_together() -> None:
    written = questions(*(f"{author}-{number}" for number in range(5) for author in "abcdefgh"))

    parts = folds(written)

    assert sorted(question.id for part in parts for question in part) == sorted(question.id for question in written)
    authors = [{question.id[0] for question in part} for part in parts]
    assert sum(map(len, authors)) == 8
    assert {len(part) for part in parts} == {40 // PARTS}


def test_a_part_without_questions_is_none() -> None:
    assert [[question.id for question in part] for part in folds(questions("a-1", "a-2"))] == [["a-1", "a-2"]]


def test_phrasings_are_held_back_however_they_are_written(shipped: Matcher) -> None:
    knowledge = shipped.knowledge
    entry = next(iter(knowledge.by_key.values()))
    one, two = entry.phrasings[0].text, entry.phrasings[1].text

    left = without(
        knowledge,
        [replace(make_question(), text=f"请问{one}？？"), replace(make_question(), text=two)],
        normaliser(),
    )

    texts = [phrasing.text for phrasing in left.by_key[entry.key].phrasings]
    assert texts == [phrasing.text for phrasing in entry.phrasings[2:]]
    assert left.by_key[entry.key].question == entry.question
    others = {key: other for key, other in knowledge.by_key.items() if key != entry.key}
    assert {key: other for key, other in left.by_key.items() if key != entry.key} == others


def test_what_would_lose_all_its_phrasings_keeps_them(shipped: Matcher) -> None:
    (not_covered, *_) = shipped.knowledge.interviews[0].not_covered
    everything = [replace(make_question(), text=phrasing.text) for phrasing in not_covered.phrasings]

    left = without(shipped.knowledge, everything, normaliser())

    assert left.interviews[0].not_covered[0] == not_covered
