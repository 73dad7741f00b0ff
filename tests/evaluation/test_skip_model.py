"""The sentence model isn't used where it would change next to nothing."""

from __future__ import annotations

from bot.evaluation.skip_model import skip_model
from bot.evaluation.training import Best
from bot.matching.weights import Bands, LogisticModel, Model

MODEL = Model(
    logistic=LogisticModel(intercept=0, features={}, products={}), bands=Bands(answer=0.7, suggest=0.3, floor=0.1)
)
MODELS = (MODEL, MODEL)
RIGHT: Best = {f"right{number}": (0.99, True) for number in range(400)}
UNASKED: Best = {f"unasked{number}": (0.01, False) for number in range(400)}


def test_where_it_changes_nothing_it_is_never_used() -> None:
    every = RIGHT | {"low": (0.8, True)} | UNASKED
    below, above = skip_model(every, every, MODELS, RIGHT.keys() | {"low"})
    assert below == above == 0.01


def test_wrong_answers_that_it_would_not_give_are_few_where_it_is_skipped() -> None:
    wrong: Best = {"first": (0.9, False), "second": (0.85, False), "third": (0.8, False)}
    unsure: Best = dict.fromkeys(wrong, (0.1, False))
    below, above = skip_model(RIGHT | wrong, RIGHT | unsure, MODELS, RIGHT.keys())
    assert (below, above) == (0.79, 0.91) or (below, above) == (0.0, 0.99)


def test_answers_that_only_it_finds_are_few_where_it_is_skipped() -> None:
    missed: Best = {f"q{number}": (0.2, False) for number in range(40)}
    found: Best = dict.fromkeys(missed, (0.9, True))
    below, above = skip_model(RIGHT | UNASKED | missed, RIGHT | UNASKED | found, MODELS, RIGHT.keys() | missed.keys())
    assert 0.01 <= below <= 0.2 < above <= 0.99


def test_a_question_that_it_finds_nothing_for_counts_as_declined() -> None:
    assert skip_model({"q": (0.9, True)}, {}, MODELS, {"q"}) == (0.9, 0.9)
