from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.rates import quantile, threshold

SCORES = st.lists(st.sampled_from([0.0, 12.5, 40.0, 87.0, 100.0]), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("scores", "allowed", "answered"),
    [
        ([0.1, 0.9, 0.5, 0.7], 1, 1),
        ([0.1, 0.9, 0.5, 0.7], 0, 0),
        ([0.1, 0.9, 0.5, 0.7], 4, 4),
        ([0.9, 0.9, 0.9, 0.1], 2, 0),  # tied scores: all or none
        ([0.9, 0.9, 0.5, 0.1], 2, 2),
        ([-math.inf, 3.0], 1, 1),  # a not-covered topic came nearer
        ([], 0, 0),
    ],
)
def test_threshold_lets_at_most_the_allowed_through(scores: list[float], allowed: int, answered: int) -> None:
    limit = threshold(scores, allowed)
    assert sum(score > limit for score in scores) == answered


@given(SCORES, st.integers(0, 30))
def test_no_lower_threshold_among_the_scores_would_do(scores: list[float], allowed: int) -> None:
    limit = threshold(scores, allowed)
    assert sum(score > limit for score in scores) <= allowed
    lower = [score for score in (*scores, -math.inf) if score < limit]
    assert all(sum(score > other for score in scores) > allowed for other in lower)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_quantile_is_a_value_that_occurs(share: float, value: float) -> None:
    assert quantile(list(range(100, 0, -1)), share) == value
