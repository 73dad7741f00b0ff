"""Logistic regression with a ridge penalty, by Newton's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Singles = NDArray[np.float32]
Truths = NDArray[np.bool_]

_TOLERANCE = 1e-5
"""Largest slope of the loss, as a share of the examples' weight, at which a fit is done."""
_MAX_STEPS = 40
_MAX_SHORTENINGS = 12
_ROWS_AT_ONCE = 8192
"""Rows whose weighted copy stays in the processor's cache."""


def fit(columns: Singles, right: Truths, weight: Doubles, penalty: Doubles) -> Doubles:
    """Return the coefficients with the least weighted log loss plus `penalty` times half their squares."""
    coefficients = np.zeros(columns.shape[1])
    for _ in range(_MAX_STEPS):
        chance = logistic(_product(columns, coefficients))
        slope = _transposed_product(columns, weight * (chance - right)) + penalty * coefficients
        if np.abs(slope).max() <= _TOLERANCE * weight.sum():
            break
        curvature = _gram(columns, weight * chance * (1 - chance)) + np.diag(penalty)
        step = np.asarray(np.linalg.solve(curvature, slope), np.float64)
        coefficients = _stepped(columns, right, weight, penalty, coefficients, step)
    return coefficients


def logistic(odds: Doubles) -> Doubles:
    """Return probabilities for log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500))))


def _stepped(
    columns: Singles, right: Truths, weight: Doubles, penalty: Doubles, coefficients: Doubles, step: Doubles
) -> Doubles:
    """Go a step, or the first half, quarter, … of it that makes the loss smaller."""

    def loss(at: Doubles) -> float:
        odds = _product(columns, at)
        return float(weight @ (np.logaddexp(0, odds) - odds * right) + penalty @ at**2 / 2)

    before = loss(coefficients)
    for halvings in range(_MAX_SHORTENINGS):
        there = coefficients - step / 2**halvings
        if loss(there) < before:
            return np.asarray(there)
    return coefficients


def _product(columns: Singles, coefficients: Doubles) -> Doubles:
    return np.asarray(columns @ coefficients.astype(np.float32), np.float64)


def _transposed_product(columns: Singles, values: Doubles) -> Doubles:
    return np.asarray(columns.T @ values.astype(np.float32), np.float64)


def _gram(columns: Singles, weight: Doubles) -> Doubles:
    """Return the columns' products with each other, rows weighted."""
    total = np.zeros((columns.shape[1],) * 2)
    root = np.sqrt(weight).astype(np.float32)[:, None]
    for start in range(0, len(columns), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        weighted = columns[rows] * root[rows]
        total += weighted.T @ weighted
    return total
