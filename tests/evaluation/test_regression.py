"""The fits are those of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bot.evaluation.regression import Doubles, Singles, Truths, fit, logistic

COUNT, WIDTH = 600, 8


@pytest.fixture(scope="module")
def data() -> tuple[Singles, Truths, Doubles]:
    chance = np.random.default_rng(1)
    columns = chance.normal(size=(COUNT, WIDTH)).astype(np.float32)
    columns[:, 0] = 1
    right = chance.random(COUNT) < logistic(columns @ np.linspace(-2, 2, WIDTH))
    return columns, right, chance.uniform(0.5, 1.5, COUNT)


def penalty(strength: float) -> Doubles:
    return np.array([0.0] + [strength] * (WIDTH - 1))


@pytest.mark.parametrize("strength", [0.01, 1.0, 100.0])
def test_a_fit_is_that_of_scikit_learn(data: tuple[Singles, Truths, Doubles], strength: float) -> None:
    columns, right, weight = data
    other = LogisticRegression(C=1 / strength, tol=1e-8).fit(columns[:, 1:], right, sample_weight=weight)
    expected = [*other.intercept_, *other.coef_[0]]
    assert fit(columns, right, weight, penalty(strength)) == pytest.approx(expected, abs=2e-3)
