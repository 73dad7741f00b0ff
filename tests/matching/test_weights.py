"""The weights: a readable file, and a model whose scores are probabilities whatever the features."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose import WEIGHTS
from bot.errors import SettingsError
from bot.evaluation.weights_file import render
from bot.matching.boosted_trees import BoostedTrees, Tree
from bot.matching.weights import (
    Bands,
    FeatureWeights,
    LogisticModel,
    Model,
    MultiTopicModel,
    Weights,
    read_weights,
)

SHIPPED = read_weights(WEIGHTS)
MODELS = [SHIPPED.with_model, SHIPPED.without_model]


def small(weight: float = 2.0) -> LogisticModel:
    feature = FeatureWeights(weight=weight, bends={"0.5": 1.0})
    return LogisticModel(intercept=-1.0, features={"a": feature, "b": FeatureWeights(weight=-1.0)})


def by_hand(a: float, b: float) -> float:
    return 1 / (1 + math.exp(-(-1 + 2 * a + max(0.0, a - 0.5) - b)))


def test_the_file_says_how_it_was_made() -> None:
    assert SHIPPED.made_by.startswith("python -m bot eval --calibrate ")


@pytest.mark.parametrize("model", MODELS)
def test_the_bands_follow_each_other(model: Model) -> None:
    assert 0 < model.bands.floor <= model.bands.suggest <= model.bands.answer < 1


def test_without_the_sentence_model_its_features_alone_are_left_out() -> None:
    with_model, without = set(SHIPPED.with_model.trees.features), set(SHIPPED.without_model.trees.features)
    assert without < with_model
    assert all("model" in name for name in with_model - without)
    assert {"static_cosine", "lead_static_cosine"} <= without


@settings(max_examples=50)
@given(st.data())
def test_any_features_give_a_probability(data: st.DataObject) -> None:
    for model in MODELS:
        numbers = st.floats(-1e6, 1e6)
        features = {name: data.draw(numbers) for name in model.trees.features}
        (score,) = model.trees.probabilities([features]).tolist()
        assert 0 <= score <= 1


@pytest.mark.parametrize(("a", "b"), [(0, 0), (1, 0), (1, 1), (0.75, -2), (100, 100), (-100, 3)])
def test_the_model_is_the_formula_of_its_description(a: float, b: float) -> None:
    (score,) = small().probabilities([{"a": a, "b": b}])
    assert score == pytest.approx(by_hand(a, b), abs=1e-9)


def test_candidates_are_scored_each_by_itself() -> None:
    one, other = {"a": 0.2, "b": 0.1}, {"a": 0.9, "b": -1.0}
    model = small()
    together = model.probabilities([one, other])
    assert np.array_equal(together, np.concatenate([model.probabilities([one]), model.probabilities([other])]))
    assert model.probabilities([]).tolist() == []


def test_a_written_file_is_read_again(tmp_path: Path) -> None:
    trees = BoostedTrees(
        features=("a",),
        intercept=0.5,
        trees=(
            Tree(feature=(0, -1, -1), value=(0.1, -1.0, 1.0), right=(2, 1, 2)),
            Tree(feature=(-1,), value=(0.25,), right=(0,)),
        ),
    )
    model = Model(trees=trees, bands=Bands(answer=0.7, suggest=0.3, floor=0.1))
    weights = Weights(
        made_by="python -m bot eval --calibrate a.jsonl b.jsonl",
        with_model=model,
        without_model=model,
        in_conversation=model,
        several=MultiTopicModel(logistic=small(), least=0.7),
        skip_model_below=0.02,
        skip_model_above=0.98,
    )
    path = tmp_path / "weights.json"
    path.write_text(render(weights), encoding="utf-8")
    assert read_weights(path) == weights
    assert path.read_text(encoding="utf-8").count('"right"') == path.read_text(encoding="utf-8").count("\n    {")


@pytest.mark.parametrize(
    "content", [None, b"", b'{"skip_model_above": 2}', b'{"skip_model_above": ', b"\xff", b'{"other": 1}']
)
def test_a_bad_file_is_told_with_the_command_that_makes_it(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="make it with: python -m bot eval --calibrate") as rejected:
        read_weights(path)
    assert str(rejected.value).startswith(f"{path}: ")
    assert "\n" not in str(rejected.value)
