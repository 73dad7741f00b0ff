"""From features to the columns of a regression: the features, and their splines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.evaluation.regression import Doubles, Singles
from bot.matching.weights import FeatureWeights, LogisticModel

_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
_FEWEST_VALUES = 6
"""Different values from which a feature is bent; below, each value nearly has a weight of its own as it is."""
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class Columns:
    """How features become columns, of about mean 0 and spread 1 over the examples that it was made from."""

    names: tuple[str, ...]
    """Features, in the order in which examples give them."""
    knots: tuple[tuple[float, ...], ...]
    """Values at which each feature's spline bends."""
    column_mean: Doubles
    """Mean of each column."""
    column_scale: Doubles
    """Spread of each column."""

    def of(self, raw: Singles) -> Singles:
        """Return the columns of examples, standardised, behind one that is 1 throughout."""
        made = np.ones((len(raw), 1 + len(self.column_mean)), np.float32)
        for start in range(0, len(raw), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            made[rows, 1:] = (_unscaled(self, raw[rows]) - self.column_mean) / self.column_scale
        return made

    def model(self, coefficients: Doubles) -> LogisticModel:
        """Return the model with these coefficients of the columns."""
        weights = coefficients[1:] / self.column_scale
        intercept = coefficients[0] - weights @ self.column_mean
        values = iter(weights[len(self.names) :].tolist())
        features = {
            name: FeatureWeights(
                weight=_short(weights[at]),
                bends={repr(_short(knot)): _short(next(values)) for knot in self.knots[at]},
            )
            for at, name in enumerate(self.names)
        }
        return LogisticModel(intercept=_short(intercept), features=features)


def make_columns(names: tuple[str, ...], raw: Singles) -> Columns:
    """Fix on examples how features become columns."""
    exact = raw.astype(np.float64)
    plain = Columns(
        names=names,
        knots=tuple(map(_knots, exact.T)),
        column_mean=np.zeros(0),
        column_scale=np.ones(0),
    )
    return _standardised(plain, raw)


def _standardised(plain: Columns, raw: Singles) -> Columns:
    total, squares = 0.0, 0.0
    for start in range(0, len(raw), _ROWS_AT_ONCE):
        part = _unscaled(plain, raw[start : start + _ROWS_AT_ONCE])
        total, squares = total + part.sum(axis=0), squares + (part**2).sum(axis=0)
    mean = np.asarray(total / len(raw))
    spread = np.sqrt(np.maximum(np.asarray(squares / len(raw)) - mean**2, 0))
    scale = np.where(spread > 1e-9, spread, 1.0)
    return Columns(plain.names, plain.knots, mean, scale)


def _unscaled(columns: Columns, raw: Singles) -> Doubles:
    """Return the features and their splines, in the features' own units."""
    exact = raw.astype(np.float64)
    bent = [np.maximum(exact[:, [at]] - knot, 0) for at, knots in enumerate(columns.knots) for knot in knots]
    return np.hstack([exact, *bent])


def _knots(values: Doubles) -> tuple[float, ...]:
    few = len(np.unique(values)) < _FEWEST_VALUES
    return () if few else tuple(np.unique(np.quantile(values, _QUANTILES)).tolist())


def _short(value: float) -> float:
    return float(f"{value:.5g}")
