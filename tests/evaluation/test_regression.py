"""The fits are those of scikit-learn, and refits those of fits from scratch."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bot.evaluation.regression import Doubles, Singles, Truths, fit, logistic, refit_without

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


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_refit_is_that_of_the_rest(data: tuple[Singles, Truths, Doubles], share: float) -> None:
    columns, right, weight = data
    parts = [np.arange(COUNT) < share * COUNT, right & (np.arange(COUNT) % 2 == 0)]
    fitted = fit(columns, right, weight, penalty(1.0))
    refitted = refit_without(columns, right, weight, penalty(1.0), fitted, parts)
    for part, coefficients in zip(parts, refitted.T, strict=True):
        alone = fit(columns[~part], right[~part], weight[~part], penalty(1.0))
        assert coefficients == pytest.approx(alone, abs=2e-3)
