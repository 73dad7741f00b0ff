"""Trees that are exported score as those that scikit-learn has grown."""

from __future__ import annotations

import numpy as np
import pytest

from bot.evaluation.boosting import boost
from bot.evaluation.regression import logistic
from bot.matching.boosted_trees import Calibration

NAMES = ("a", "b", "c")


def test_exported_trees_score_as_the_grown_ones() -> None:
    chance = np.random.default_rng(1)
    raw = chance.standard_normal((2000, 3)).astype(np.float32)
    raw[:, 2] = raw[:, 2] > 0  # a feature of two values
    right = raw[:, 0] * raw[:, 1] + raw[:, 2] + 0.3 * chance.standard_normal(2000) > 0.5
    boosted = boost(NAMES, raw, right, np.ones(2000))
    exported = boosted.trees(Calibration(slope=0.5, offset=0.25, by="c", slope_by=0.1, offset_by=-0.2))
    found = exported.probabilities([dict(zip(NAMES, row, strict=True)) for row in raw[:300].tolist()])
    assert found.tolist() == pytest.approx(
        logistic((0.5 + 0.1 * raw[:300, 2]) * boosted.odds(raw[:300]) + 0.25 - 0.2 * raw[:300, 2]).tolist(), abs=1e-3
    )
    assert ((found > 0.5) == right[:300]).mean() > 0.9
