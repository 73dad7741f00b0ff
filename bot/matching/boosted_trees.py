"""Gradient-boosted decision trees (Friedman 2001), evaluated for all candidates and all trees together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

Doubles: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]

_LEAF = -1


class Tree(BaseModel):
    """A tree in pre-order: each node is followed by what is on its left, then by what is on its right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feature: tuple[int, ...]
    """Per node: number of the feature that is looked at; -1 for a leaf."""
    value: tuple[float, ...]
    """Per node: the largest value that goes left; of a leaf, its log-odds."""
    right: tuple[int, ...]
    """Per node: where its right branch begins; of a leaf, the leaf itself."""

    @model_validator(mode="after")
    def _leads_to_leaves(self) -> Tree:
        count = len(self.feature)
        if not count == len(self.value) == len(self.right):
            raise ValueError("the nodes of a tree need a feature, a value and a right branch each")
        for at, (feature, right) in enumerate(zip(self.feature, self.right, strict=True)):
            inner = feature > _LEAF
            if not (at + 1 < right < count if inner else right == at and feature == _LEAF):
                raise ValueError(f"node {at} of a tree leads nowhere")
        return self


class Calibration(BaseModel):
    """Turns log-odds into calibrated ones: (slope + slope_by * by) * odds + offset + offset_by * by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slope: float = 1.0
    offset: float = 0.0
    by: str | None = None
    """The feature that slope and offset depend on, if they depend on any."""
    slope_by: float = 0.0
    offset_by: float = 0.0

    def applied(self, odds: Doubles, features: Sequence[str], raw: NDArray[np.float32]) -> Doubles:
        """Calibrate the log-odds of candidates, one a row of `raw`; `features` names its columns."""
        if self.by is None:
            return np.asarray(self.slope * odds + self.offset)
        by = raw[:, features.index(self.by)].astype(np.float64)
        return np.asarray((self.slope + self.slope_by * by) * odds + self.offset + self.offset_by * by)


class BoostedTrees(BaseModel):
    """Log-odds as a sum over trees, calibrated and turned into probabilities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    features: tuple[str, ...]
    """Names of the features that the trees look at, by number."""
    intercept: float
    """Log-odds that the trees' are added to."""
    trees: tuple[Tree, ...]
    calibration: Calibration = Calibration()

    @model_validator(mode="after")
    def _knows_its_features(self) -> BoostedTrees:
        if any(number >= len(self.features) for tree in self.trees for number in tree.feature):
            raise ValueError("a tree looks at a feature without a name")
        if self.calibration.by is not None and self.calibration.by not in self.features:
            raise ValueError("the calibration depends on a feature that isn't there")
        return self

    def probabilities(self, feature_rows: Sequence[Mapping[str, float]]) -> Doubles:
        """Return for each candidate the probability that it is right, in [0, 1]; every feature must be given."""
        if not feature_rows:
            return np.empty(0, np.float64)
        raw = np.array([[features[name] for name in self.features] for features in feature_rows], np.float32)
        odds = self.calibration.applied(self.intercept + self._sums(raw), self.features, raw)
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))

    def _sums(self, raw: NDArray[np.float32]) -> Doubles:
        layout = self._layout
        rows = np.arange(len(raw))[:, None]
        node = np.repeat(layout.roots[None, :], len(raw), axis=0)
        for _ in range(layout.depth):
            goes_left = raw[rows, layout.feature[node]] <= layout.threshold[node]
            node = np.where(goes_left, layout.left[node], layout.right[node])
        return np.asarray(layout.leaf[node].sum(axis=1))

    @cached_property
    def _layout(self) -> _Layout:
        return _Layout(self.trees)


class _Layout:
    """The nodes of all trees behind each other; a leaf leads to itself."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        starts = np.cumsum([0, *(len(tree.feature) for tree in trees)])
        feature = np.array([number for tree in trees for number in tree.feature], np.intp)
        value = np.array([value for tree in trees for value in tree.value], np.float64)
        here = np.arange(len(feature))
        is_leaf = feature == _LEAF
        self.roots = starts[:-1]
        self.feature: Places = np.where(is_leaf, 0, feature)
        self.threshold = np.where(is_leaf, 0.0, value).astype(np.float32)
        self.left = np.where(is_leaf, here, here + 1)
        self.right = np.array(
            [start + at for start, tree in zip(starts, trees, strict=False) for at in tree.right], np.intp
        )
        self.leaf = np.where(is_leaf, value, 0.0)
        self.depth = max((_depth(tree) for tree in trees), default=0)


def _depth(tree: Tree) -> int:
    """Return the number of steps to the deepest leaf."""
    depth = [0] * len(tree.feature)
    for at, (feature, right) in enumerate(zip(tree.feature, tree.right, strict=True)):
        if feature != _LEAF:
            depth[at + 1] = depth[right] = depth[at] + 1
    return max(depth)
