"""The model that turns evidence into a probability: logistic regression, its weights a readable file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import SettingsError

PRODUCT_LIMIT = 6.0
"""Bound of a product of two standardised features, so that one outlier can't decide."""

Probability = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeatureWeights(_Table):
    """What one feature contributes: a line, with bends."""

    mean: float
    scale: float
    """Standard deviation; with `mean` it standardises the feature for products."""
    weight: float
    """Log-odds per unit."""
    bends: dict[str, float] = {}
    """From each value on (the key), the slope changes by this much."""


class LogisticModel(_Table):
    """Log-odds: intercept + lines with bends + products of pairs of standardised features."""

    intercept: float
    features: dict[str, FeatureWeights]
    products: dict[str, float]
    """Weights of "one*other"."""

    def probability(self, evidence: Mapping[str, float]) -> float:
        """Return the probability that the candidate is right, in [0, 1]; every feature of the model must be given."""
        odds = self.intercept
        for name, feature in self.features.items():
            value = evidence[name]
            odds += feature.weight * value
            for bend, slope in feature.bends.items():
                odds += slope * max(0.0, value - float(bend))
        for pair, weight in self.products.items():
            one, other = pair.split("*")
            product = self._standard(one, evidence) * self._standard(other, evidence)
            odds += weight * max(-PRODUCT_LIMIT, min(PRODUCT_LIMIT, product))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))

    def _standard(self, name: str, evidence: Mapping[str, float]) -> float:
        feature = self.features[name]
        return (evidence[name] - feature.mean) / feature.scale


class Bands(_Table):
    """Where the three bands of a score begin."""

    answer: Probability
    """From here on the best candidate is the answer."""
    suggest: Probability
    """From here on, below `answer`, it is worth asking "did you mean"."""
    floor: Probability
    """No suggestion lies below."""


class Model(_Table):
    """One of the two ways to score: with the semantic features, or without them."""

    logistic: LogisticModel
    bands: Bands


class Weights(_Table):
    """The file `config/matching/weights.toml`."""

    with_meaning: Model
    without_meaning: Model
    sure: Probability
    """From this score without meaning on, meaning isn't computed."""


def read_weights(path: Path) -> Weights:
    """Read the weights; raise SettingsError where the file is missing or malformed."""
    try:
        return Weights.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        reason = " ".join(str(error).split())[:300]
        raise SettingsError(
            f"{path}: can't be read as weights ({reason}); make it with: python -m bot eval --calibrate"
        ) from None
