"""Training learns what examples show, and the bands follow the stated costs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from statistics import mean

import pytest

from bot.evaluation.bands import MISSED_COST, READING_COST
from bot.evaluation.example_table import as_table
from bot.evaluation.examples import ANSWERABLE, VAGUE, Example
from bot.evaluation.training import Trained, train
from bot.matching.boosted_trees import BoostedTrees


def examples(right: Callable[[float], bool], answerable: float = 0.8, count: int = 150) -> list[Example]:
    """Make questions with three candidates each; `right` says from its "dice" whether the best one is right."""
    chance = random.Random(7)  # noqa: S311 - examples, no secrets
    made: list[Example] = []
    for number in range(count):
        can_be = chance.random() < answerable
        for place in range(3):
            dice = chance.random() * (1.0 if place == 0 else 0.3)
            features = {"dice": dice, "noise": chance.random(), "length": chance.random()}
            is_right = can_be and place == 0 and right(dice)
            made.append(Example(f"q{number}", features, is_right, ANSWERABLE if can_be else "far"))
    return made


def train_on(made: list[Example]) -> Trained:
    return train(as_table(made))


@pytest.fixture(scope="module")
def trained() -> Trained:
    chance = random.Random(3)  # noqa: S311 - as above
    made = train_on(examples(lambda dice: chance.random() < dice))
    assert len(made.best) == 150
    assert all(0 <= score <= 1 for score, _ in made.best.values())
    return made


def score(model: BoostedTrees, dice: float, noise: float = 0.5) -> float:
    return float(model.probabilities([{"dice": dice, "noise": noise, "length": 0.5}])[0])


def test_what_speaks_for_an_entry_raises_its_score(trained: Trained) -> None:
    model = trained.model.trees
    assert score(model, 0.1) < score(model, 0.5) < score(model, 0.95)
    assert score(model, 0.05) < 0.25
    assert score(model, 0.95) > 0.5


def test_what_says_nothing_hardly_counts(trained: Trained) -> None:
    model = trained.model.trees
    assert abs(score(model, 0.6, 0.1) - score(model, 0.6, 0.9)) < abs(score(model, 0.9) - score(model, 0.1)) / 2


def test_the_bands_are_in_order_and_the_floor_is_what_reading_costs(trained: Trained) -> None:
    bands = trained.model.bands
    assert bands.floor == round(READING_COST / MISSED_COST, 2)
    assert bands.floor <= bands.suggest <= bands.answer


def test_training_is_repeatable() -> None:
    made = examples(lambda dice: dice > 0.5)
    assert train_on(made).model == train_on(made).model


def answered(made: Trained) -> float:
    return mean(score >= made.model.bands.answer for score, _ in made.best.values())


def test_what_is_surely_right_is_answered_and_what_is_a_toss_up_isnt() -> None:
    sure = train_on(examples(lambda dice: dice > 0.1, answerable=1.0))
    chance = random.Random(5)  # noqa: S311 - as above
    unsure = train_on(examples(lambda _: chance.random() < 0.5, answerable=0.5))
    assert answered(sure) > 0.5
    assert answered(unsure) < 0.1


def test_a_vague_question_is_asked_back_rather_than_left_alone() -> None:
    made = examples(lambda dice: dice > 0.3, answerable=0.5)
    vague = [replace(example, traffic=VAGUE) if example.traffic == "far" else example for example in made]
    assert train_on(vague).model.bands.suggest < train_on(made).model.bands.suggest


def test_a_kind_that_a_curator_made_up_counts_as_near_misses_do() -> None:
    made = examples(lambda dice: dice > 0.5)
    near, own = (
        [replace(example, traffic=kind) if example.traffic == "far" else example for example in made]
        for kind in ("near", "riddle")
    )
    assert train_on(own).model == train_on(near).model
