"""The sentence model isn't used where it would change next to nothing."""

from __future__ import annotations

import numpy as np

from bot.evaluation.bands import RankedQuestions
from bot.evaluation.skip_model import share_used, skip_model
from bot.evaluation.training import Trained
from bot.matching.boosted_trees import BoostedTrees
from bot.matching.weights import Bands, LogisticModel, Model, MultiTopicModel, Weights

MODEL = Model(trees=BoostedTrees(features=(), intercept=0.0, trees=()), bands=Bands(answer=0.7, suggest=0.3, floor=0.1))
SURE, FAR, MIDDLE = 400, 400, 100
RIGHT, NOTHING = (0.99, True, True), (0.01, False, False)
"""Score of the best candidate, whether it is right, whether the interview answers the question."""


def trained(middle: list[tuple[float, bool, bool]]) -> Trained:
    """Return how questions fare: many that are sure, many that are far from everything, and some in between."""
    rows = [*([RIGHT] * SURE), *([NOTHING] * FAR), *middle]
    score, right, answerable = (np.array(column) for column in zip(*rows, strict=True))
    questions = RankedQuestions(
        score=score,
        right=right,
        offered=right,
        answerable=answerable,
        vague=np.zeros(len(rows), bool),
        share=np.ones(len(rows)),
        best=np.arange(len(rows)),
    )
    return Trained(MODEL, questions, {at: (row[0], row[1]) for at, row in enumerate(rows)})


def test_where_it_changes_nothing_it_is_never_used() -> None:
    same = trained([(0.5, True, True)] * MIDDLE)
    below, above = skip_model(same, same)
    assert below == above


def test_it_is_used_where_it_answers_what_would_be_asked_back() -> None:
    without, with_model = trained([(0.5, True, True)] * MIDDLE), trained([(0.9, True, True)] * MIDDLE)
    below, above = skip_model(without, with_model)
    assert 0.01 <= below <= 0.5 < above <= 0.99


def test_it_is_used_where_it_takes_back_wrong_answers() -> None:
    without, with_model = trained([(0.8, False, False)] * MIDDLE), trained([(0.1, False, False)] * MIDDLE)
    below, above = skip_model(without, with_model)
    assert below <= 0.8 < above


def test_the_share_counts_what_lies_between_the_thresholds() -> None:
    without = trained([(0.5, True, True)] * MIDDLE)
    weights = Weights(
        made_by="a test",
        with_model=MODEL,
        without_model=MODEL,
        in_conversation=MODEL,
        several=MultiTopicModel(logistic=LogisticModel(intercept=0.0, features={}), least=1.0),
        skip_model_below=0.5,
        skip_model_above=0.99,
    )
    assert share_used(without, weights) == MIDDLE / (SURE + FAR + MIDDLE)
