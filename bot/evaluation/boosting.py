"""Gradient boosting of decision trees by scikit-learn, as the trees of `bot.matching.boosted_trees`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from bot.evaluation.regression import Doubles, Singles, Truths
from bot.matching.boosted_trees import BoostedTrees, Calibration, Tree

TREES = 150
LEARNING_RATE = 0.08
LEAVES = 15
DEPTH = 6
EXAMPLES_PER_LEAF = 40
LEAF_PENALTY = 5.0
"""Of the settings around these, none is cheaper by more than 0.002 a question (cross-validated, see `bands`)."""


@dataclass(frozen=True)
class Boosted:
    """What was fitted on examples."""

    names: tuple[str, ...]
    """Features, in the order in which examples give them."""
    classifier: HistGradientBoostingClassifier
    """scikit-learn's trees."""

    def odds(self, raw: Singles) -> Doubles:
        """Return the log-odds of examples."""
        return np.asarray(self.classifier.decision_function(raw), np.float64)

    def trees(self, calibration: Calibration) -> BoostedTrees:
        """Return the trees, with what calibrates their log-odds."""
        # scikit-learn keeps what a tree consists of in private attributes; a test compares both ways to predict.
        nodes = [stage[0].nodes for stage in self.classifier._predictors]  # noqa: SLF001 - see above
        baseline = float(self.classifier._baseline_prediction[0, 0])  # noqa: SLF001 - see above
        return BoostedTrees(
            features=self.names,
            intercept=_short(baseline),
            trees=tuple(map(_tree, nodes)),
            calibration=calibration,
        )


def boost(names: tuple[str, ...], raw: Singles, right: Truths, weight: Doubles) -> Boosted:
    """Fit trees on examples; the same examples give the same trees."""
    classifier = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        max_depth=DEPTH,
        min_samples_leaf=EXAMPLES_PER_LEAF,
        l2_regularization=LEAF_PENALTY,
        early_stopping=False,
        random_state=0,
    )
    return Boosted(names, classifier.fit(raw, right, sample_weight=weight))


def _tree(nodes: Any) -> Tree:
    """Put the nodes of a tree in pre-order."""
    feature: list[int] = []
    value: list[float] = []
    right: list[int] = []

    def add(number: int) -> None:
        node, at = nodes[number], len(feature)
        if node["is_leaf"]:
            feature.append(-1)
            value.append(_short(float(node["value"])))
            right.append(at)
            return
        feature.append(int(node["feature_idx"]))
        value.append(_threshold(float(node["num_threshold"])))
        right.append(0)
        add(int(node["left"]))
        right[at] = len(feature)
        add(int(node["right"]))

    add(0)
    return Tree(feature=tuple(feature), value=tuple(value), right=tuple(right))


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _threshold(value: float) -> float:
    """Return the shortest number that a 32-bit feature compares with as with `value`."""
    return float(str(np.float32(value)))
