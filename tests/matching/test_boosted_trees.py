"""Boosted trees give what walking each tree by hand gives, and a file of trees that lead nowhere isn't read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.matching.boosted_trees import BoostedTrees, Tree

STUMP = Tree(feature=(0, -1, -1), value=(0.5, -1.0, 2.0), right=(2, 1, 2))
DEEP = Tree(feature=(1, 0, -1, -1, -1), value=(0.0, 0.25, 0.125, -0.5, 1.0), right=(4, 3, 2, 3, 4))
LEAF = Tree(feature=(-1,), value=(0.75,), right=(0,))
MODEL = BoostedTrees(features=("a", "b"), intercept=-0.5, trees=(STUMP, DEEP, LEAF))


def walked(tree: Tree, values: tuple[float, float]) -> float:
    at = 0
    while tree.feature[at] >= 0:
        at = at + 1 if values[tree.feature[at]] <= tree.value[at] else tree.right[at]
    return tree.value[at]


@given(st.lists(st.tuples(st.floats(-2, 2, width=32), st.floats(-2, 2, width=32)), max_size=6))
def test_a_probability_is_the_sum_over_the_trees(rows: list[tuple[float, float]]) -> None:
    found = MODEL.probabilities([{"a": a, "b": b, "unused": 9.0} for a, b in rows])
    by_hand = [1 / (1 + math.exp(-(MODEL.intercept + sum(walked(tree, row) for tree in MODEL.trees)))) for row in rows]
    assert found.tolist() == pytest.approx(by_hand)


def test_without_trees_the_intercept_decides() -> None:
    assert BoostedTrees(features=(), intercept=0.0, trees=()).probabilities([{}]).tolist() == [0.5]


@pytest.mark.parametrize(
    "tree",
    [
        {"feature": (0, -1), "value": (0.5, 1.0), "right": (2, 1)},
        {"feature": (0, -1, -1), "value": (0.5, 1.0, 1.0), "right": (1, 1, 2)},
        {"feature": (0, -1, -1), "value": (0.5, 1.0, 1.0), "right": (0, 1, 2)},
        {"feature": (-1, -1), "value": (1.0, 1.0), "right": (1, 1)},
        {"feature": (0, -1, -1), "value": (0.5, 1.0), "right": (2, 1, 2)},
        {"feature": (-2,), "value": (0.5,), "right": (0,)},
    ],
    ids=["beyond-the-end", "left-is-right", "to-itself", "leaf-elsewhere", "too-few-values", "no-such-feature"],
)
def test_a_tree_that_leads_nowhere_is_refused(tree: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(ValidationError):
        Tree.model_validate(tree)


def test_a_tree_that_looks_at_a_feature_without_a_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="without a name"):
        BoostedTrees(features=("a",), intercept=0.0, trees=(DEEP,))
