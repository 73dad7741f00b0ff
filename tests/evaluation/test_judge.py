"""What counts as right, and the figures that come of it."""

from __future__ import annotations

import pytest

from bot.answers.reply import Decision, Reply, Scored
from bot.evaluation.judge import Judgement, entry_hits, judge
from bot.evaluation.report import figures, reliability
from bot.knowledge.model import Entry
from bot.matching.results import Status
from tests.builders import entry, make_question

RIGHT = entry("right", [(10, 12)])
ALSO = entry("also", [(30, 30)])
WRONG = entry("wrong", [(50, 51)])
GOLD = ((12, 14),)


def reply(*answers: Entry, suggestions: tuple[Entry, ...] = (), score: float = 0.9) -> Reply:
    status: Status = "answered" if answers else "suggested" if suggestions else "unknown"
    found = tuple(Scored(item, score) for item in answers)
    return Reply("问", Decision(status, "zh", found, tuple(Scored(item, score / 2) for item in suggestions)))


@pytest.mark.parametrize(
    ("lines", "hits"),
    [
        ([(12, 12)], True),
        ([(1, 12)], True),
        ([(14, 20)], True),
        ([(13, 13), (90, 91)], True),
        ([(15, 15)], False),
        ([(1, 11)], False),
        ([(12, 26)], True),
        ([(12, 27)], False),
        ([(12, 12), (40, 53)], True),
        ([(12, 12), (40, 54)], False),
    ],
)
def test_an_entry_hits_where_it_quotes_a_gold_line_and_at_most_15(lines: list[tuple[int, int]], hits: bool) -> None:
    assert entry_hits(entry(lines=lines), GOLD) is hits


@pytest.mark.parametrize(
    ("given", "hit", "resolved", "wrong", "first_right"),
    [
        (reply(RIGHT), True, True, False, True),
        (reply(RIGHT, WRONG), True, True, False, True),
        (reply(WRONG, RIGHT), False, False, True, False),
        (reply(WRONG, suggestions=(RIGHT,)), False, True, True, False),
        (reply(suggestions=(RIGHT,)), False, True, False, True),
        (reply(suggestions=(WRONG, RIGHT)), False, True, False, False),
        (reply(suggestions=(WRONG,)), False, False, False, False),
        (reply(), False, False, False, False),
    ],
)  # fmt: skip
def test_a_reply_is_judged_by_its_first_answer(
    given: Reply, hit: bool, resolved: bool, wrong: bool, first_right: bool
) -> None:
    judgement = judge(make_question(GOLD), given)
    assert (judgement.hit, judgement.resolved, judgement.wrong, judgement.first_right) == (
        hit,
        resolved,
        wrong,
        first_right,
    )


@pytest.mark.parametrize(
    ("given", "hit", "wrong"),
    [(reply(RIGHT, ALSO), True, False), (reply(ALSO, RIGHT), True, False), (reply(RIGHT), False, False),
     (reply(RIGHT, WRONG), False, False), (reply(WRONG, RIGHT, ALSO), True, True), (reply(), False, False)],
)  # fmt: skip
def test_of_several_topics_each_must_be_answered(given: Reply, hit: bool, wrong: bool) -> None:
    judgement = judge(make_question(GOLD, ((30, 30),)), given)
    assert (judgement.hit, judgement.wrong) == (hit, wrong)


@pytest.mark.parametrize(
    ("given", "wrong"), [(reply(RIGHT), True), (reply(suggestions=(RIGHT,)), False), (reply(), False)]
)
def test_what_the_interview_doesnt_answer_is_wrong_to_answer(given: Reply, wrong: bool) -> None:
    judgement = judge(make_question(), given)
    assert (judgement.hit, judgement.resolved, judgement.wrong) == (False, False, wrong)


def test_the_figures_are_shares_by_family_kind_and_turn() -> None:
    judgements = [
        judge(make_question(GOLD, kind="direct"), reply(RIGHT)),
        judge(make_question(GOLD, kind="keyword"), reply(WRONG)),
        judge(make_question(GOLD, kind="paraphrase"), reply(suggestions=(RIGHT,))),
        judge(make_question(GOLD, kind="indirect"), reply()),
        judge(make_question(GOLD, kind="of its own"), reply(RIGHT)),
        judge(make_question(file="none", kind="price"), reply(WRONG)),
        judge(make_question(file="none", kind="price"), reply()),
        judge(make_question(GOLD, turn=0), reply(RIGHT)),
        judge(make_question(GOLD, turn=1), reply(RIGHT)),
        judge(make_question(turn=2), reply(RIGHT)),
        judge(make_question(turn=2), reply()),
        judge(make_question(GOLD, ((30, 30),), kind="two"), reply(RIGHT, ALSO)),
    ]
    rows = [
        (row.group, row.count, row.answerable, row.hit, row.resolved, row.wrong, row.abstained)
        for row in figures(judgements)
    ]
    assert rows == [
        ("natural", 4, True, 0.25, 0.5, 0.25, 0.5),
        ("of its own", 1, True, 1.0, 1.0, 0.0, 0.0),
        ("price", 2, False, 0.0, 0.0, 0.5, 0.5),
        ("opening turns", 1, True, 1.0, 1.0, 0.0, 0.0),
        ("follow-up turns", 1, True, 1.0, 1.0, 0.0, 0.0),
        ("unanswerable turns", 2, False, 0.0, 0.0, 0.5, 0.5),
        ("two", 1, True, 1.0, 1.0, 0.0, 0.0),
    ]
    assert figures([]) == []


def test_reliability_sets_what_was_promised_against_what_was_seen() -> None:
    judgements: list[Judgement] = [
        judge(make_question(GOLD), reply(RIGHT if at < 3 else WRONG, score=0.75)) for at in range(4)
    ]
    judgements += [
        judge(make_question(GOLD), reply(suggestions=(WRONG,), score=0.3)),
        judge(make_question(GOLD), reply()),
    ]
    judgements += [
        judge(make_question(GOLD), reply(RIGHT, score=1.0)),
        judge(make_question(GOLD), reply(RIGHT, score=0.0)),
    ]
    rows = [(part.low, part.high, part.count, part.predicted, part.observed) for part in reliability(judgements)]
    assert rows == [(0.0, 0.2, 2, 0.075, 0.5), (0.7, 0.8, 4, 0.75, 0.75), (0.95, 1.0, 1, 1.0, 1.0)]
