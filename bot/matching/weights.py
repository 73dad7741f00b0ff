"""The models that turn features into a probability, as a file contains them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import SettingsError
from bot.matching.boosted_trees import BoostedTrees

_CERTAIN = 6.0
"""Log-odds beyond which a score says no more."""

Doubles = NDArray[np.float64]
Places = NDArray[np.intp]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeatureWeights(_Table):
    """What one feature contributes: a piecewise linear function of its value (a linear spline)."""

    weight: float
    """Log-odds per unit."""
    bends: dict[str, float] = {}
    """Knots of the spline: from each value (the key) on, the slope changes by this much."""


class LogisticModel(_Table):
    """Log-odds: intercept + linear splines."""

    intercept: float
    features: dict[str, FeatureWeights]

    def probabilities(self, feature_rows: Sequence[Mapping[str, float]]) -> Doubles:
        """Return for each candidate the probability that it is right, in [0, 1].

        Every feature of the model must be given.
        """
        if not feature_rows:
            return np.empty(0, np.float64)
        layout = self._layout
        raw = np.array([[features[name] for name in self.features] for features in feature_rows])
        odds = self.intercept + raw @ layout.weights
        odds += np.maximum(raw[:, layout.bent] - layout.knots, 0) @ layout.slopes
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))

    @cached_property
    def _layout(self) -> _Layout:
        features = list(self.features.values())
        knots = [
            (at, float(knot), slope) for at, feature in enumerate(features) for knot, slope in feature.bends.items()
        ]
        return _Layout(
            weights=np.array([feature.weight for feature in features]),
            bent=np.array([at for at, _, _ in knots], np.intp),
            knots=np.array([knot for _, knot, _ in knots]),
            slopes=np.array([slope for _, _, slope in knots]),
        )


@dataclass(frozen=True, slots=True)
class _Layout:
    """A logistic model as arrays; features by their place."""

    weights: Doubles
    bent: Places
    knots: Doubles
    slopes: Doubles


class Bands(_Table):
    """The thresholds of a score: what is done with the best candidate depends on the band that it falls into."""

    answer: Probability
    """From here on the best candidate is the answer."""
    suggest: Probability
    """From here on, below `answer`, it is worth asking "did you mean"."""
    floor: Probability
    """No suggestion lies below."""


class Model(_Table):
    """One of the ways to score."""

    trees: BoostedTrees
    bands: Bands


class MultiTopicModel(_Table):
    """Tells whether a message asks about several topics (see `message_topics`)."""

    logistic: LogisticModel
    least: Probability
    """Threshold: from this probability on it is read so."""


class Weights(_Table):
    """The file `config/matching/weights.json`."""

    made_by: str
    """The command that makes the file, and what it was made of."""
    with_model: Model
    """By words, sound and both kinds of vectors."""
    without_model: Model
    """By words, sound and static vectors."""
    in_conversation: Model
    """Weighs a message by itself against the same message after the last question (see `context_features`)."""
    several: MultiTopicModel
    skip_model_above: Probability
    """Score without the sentence model from which it isn't used: it would hardly answer better."""
    skip_model_below: Probability
    """Score without the sentence model below which it isn't used: it would hardly find an answer."""


def log_odds(score: float) -> float:
    """Return the log-odds of a probability, bounded by ±6."""
    bounded = min(max(score, 1e-6), 1 - 1e-6)
    return max(-_CERTAIN, min(_CERTAIN, math.log(bounded / (1 - bounded))))


def read_weights(path: Path) -> Weights:
    """Read the weights; raise SettingsError where the file is missing or malformed."""
    try:
        return Weights.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError) as error:
        reason = " ".join(str(error).split())[:300]
        raise SettingsError(
            f"{path}: can't be read as weights ({reason}); make it with: python -m bot eval --calibrate"
        ) from None
