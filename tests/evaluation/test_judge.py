"""What counts as right, and the figures that come of it."""

from __future__ import annotations

import pytest

from bot.answers.reply import Decision, Reply, Scored
from bot.evaluation.judge import Judgement, Verdict, hits_lines, judge
from bot.evaluation.questions import Topic
from bot.evaluation.report import by_file, figures, reliability
from bot.knowledge.model import Entry
from bot.matching.results import Status
from tests.builders import entry, make_question

RIGHT = entry("right", [(10, 12)])
ALSO = entry("also", [(30, 30)])
OVERVIEW = entry("overview", [(10, 10), (14, 14), (30, 30)])
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
    assert hits_lines(entry(lines=lines), GOLD) is hits


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
    verdict = Verdict(hit, resolved, wrong, first_right)
    judgement = judge(make_question(GOLD), given)
    assert (judgement.strict, judgement.by_lines) == (verdict, verdict)
    by_entries = judge(make_question(Topic(entries=("right", "also"))), given)
    assert (by_entries.strict, by_entries.by_lines) == (verdict, None)


@pytest.mark.parametrize(
    ("given", "strict", "by_lines"),
    [(reply(RIGHT), True, True), (reply(ALSO), True, False), (reply(OVERVIEW), False, True),
     (reply(WRONG), False, False)],
)  # fmt: skip
def test_an_entry_that_overlaps_isnt_one_that_a_reader_accepts(given: Reply, strict: bool, by_lines: bool) -> None:
    judgement = judge(make_question(Topic(gold=GOLD, entries=("right", "also"))), given)
    assert judgement.by_lines is not None
    assert (judgement.strict.hit, judgement.by_lines.hit) == (strict, by_lines)


@pytest.mark.parametrize(
    ("given", "hit", "resolved", "wrong", "hit_by_lines"),
    [
        (reply(RIGHT, ALSO), True, True, False, True),
        (reply(ALSO, RIGHT), True, True, False, True),
        (reply(RIGHT), False, False, False, False),
        (reply(RIGHT, suggestions=(ALSO,)), False, True, False, False),
        (reply(suggestions=(ALSO, RIGHT)), False, True, False, False),
        (reply(RIGHT, WRONG), False, False, True, False),
        (reply(RIGHT, ALSO, WRONG), False, True, True, True),
        (reply(OVERVIEW), False, False, True, True),
        (reply(), False, False, False, False),
    ],
)
def test_of_several_topics_each_must_be_answered_and_nothing_else(
    given: Reply, hit: bool, resolved: bool, wrong: bool, hit_by_lines: bool
) -> None:
    topics = Topic(gold=GOLD, entries=("right",)), Topic(gold=((30, 30),), entries=("also",))
    judgement = judge(make_question(*topics), given)
    assert (judgement.strict.hit, judgement.strict.resolved, judgement.strict.wrong) == (hit, resolved, wrong)
    assert judgement.by_lines is not None
    assert judgement.by_lines.hit == hit_by_lines


@pytest.mark.parametrize(
    ("given", "wrong"), [(reply(RIGHT), True), (reply(suggestions=(RIGHT,)), False), (reply(), False)]
)
def test_what_the_interview_doesnt_answer_is_wrong_to_answer(given: Reply, wrong: bool) -> None:
    judgement = judge(make_question(), given)
    for verdict in (judgement.strict, judgement.by_lines):
        assert verdict is not None
        assert (verdict.hit, verdict.resolved, verdict.wrong) == (False, False, wrong)


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
        (row.group, row.strict.count, row.answerable, row.strict.hit, row.strict.resolved, row.strict.wrong,
         row.abstained)
        for row in figures(judgements)
    ]  # fmt: skip
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


def test_the_kinds_of_a_family_are_told_where_there_are_several() -> None:
    family, alone = figures(
        [
            judge(make_question(GOLD, kind="direct"), reply(RIGHT)),
            judge(make_question(GOLD, kind="keyword"), reply(WRONG)),
            judge(make_question(GOLD, kind="typo"), reply()),
        ]
    )
    assert [(kind.group, kind.strict.hit, kind.strict.wrong) for kind in family.kinds] == [
        ("direct", 1.0, 0.0),
        ("keyword", 0.0, 1.0),
    ]
    assert (alone.group, alone.kinds) == ("noisy", ())


def test_lines_are_counted_where_they_are_named() -> None:
    lines = judge(make_question(Topic(GOLD, ("right",))), reply(OVERVIEW))
    entries = judge(make_question(Topic(entries=("right",))), reply(RIGHT))
    (both,), (none,) = figures([lines, entries]), figures([entries])
    assert both.by_lines is not None
    assert (both.strict.count, both.strict.hit, both.by_lines.count, both.by_lines.hit) == (2, 0.5, 1, 1.0)
    assert none.by_lines is None


def test_each_file_has_its_figures() -> None:
    judgements = [
        judge(make_question(GOLD, file="one", kind="direct"), reply(RIGHT)),
        judge(make_question(GOLD, file="two", kind="direct"), reply(WRONG)),
    ]
    assert [(part.file, part.figures[0].strict.hit) for part in by_file(judgements)] == [("one", 1.0), ("two", 0.0)]


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
    assert rows == [
        (0.0, 0.1, 1, 0.0, 1.0), (0.1, 0.2, 1, 0.15, 0.0), (0.7, 0.8, 4, 0.75, 0.75), (0.9, 1.0, 1, 1.0, 1.0),
    ]  # fmt: skip
