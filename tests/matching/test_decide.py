"""A narrow entry comes before the overview that contains it, where it is nearly as likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.knowledge.model import Entry
from bot.matching.boosted_trees import BoostedTrees
from bot.matching.decide import decide, narrowed
from bot.matching.engine import Ranking
from bot.matching.results import Candidate, Query
from bot.matching.weights import Bands, Model
from tests.builders import entry

MODEL = Model(trees=BoostedTrees(features=(), intercept=0, trees=()), bands=Bands(answer=0.7, suggest=0.3, floor=0.1))
OVERVIEW = replace(entry("overview", [(1, 9)]), broad=True)
INSIDE = entry("inside", [(3, 4)])
ELSEWHERE = entry("elsewhere", [(20, 21)])


def ranking(*found: tuple[Entry, float]) -> Ranking:
    candidates = tuple(Candidate(item, "?", {}, score) for item, score in found)
    return Ranking(Query("问", "问", (), (), ()), candidates, None, MODEL)


def ids(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.entry.id for candidate in candidates]


@pytest.mark.parametrize(
    ("found", "order"),
    [
        ([(OVERVIEW, 0.9), (INSIDE, 0.85)], ["inside", "overview"]),
        ([(OVERVIEW, 0.99), (INSIDE, 0.85)], ["overview", "inside"]),
        ([(OVERVIEW, 0.75), (INSIDE, 0.69)], ["overview", "inside"]),
        ([(OVERVIEW, 0.9), (ELSEWHERE, 0.89)], ["overview", "elsewhere"]),
        ([(OVERVIEW, 0.9), (ELSEWHERE, 0.89), (INSIDE, 0.88)], ["inside", "overview", "elsewhere"]),
        ([(INSIDE, 0.9), (OVERVIEW, 0.89)], ["inside", "overview"]),
        ([], []),
    ],
)
def test_what_is_nearly_as_likely_and_narrower_comes_first(found: list[tuple[Entry, float]], order: list[str]) -> None:
    assert ids(narrowed(ranking(*found), 1.0).candidates) == order


def test_beside_other_answers_any_sure_entry_is_better_than_its_overview() -> None:
    assert ids(narrowed(ranking((OVERVIEW, 0.99), (INSIDE, 0.75))).candidates) == ["inside", "overview"]


def test_the_narrow_entry_is_what_is_answered() -> None:
    decision = decide([ranking((OVERVIEW, 0.9), (INSIDE, 0.85))], "zh")
    assert [found.entry.id for found in decision.answers] == ["inside"]
    assert ids(decision.candidates) == ["overview", "inside"]
