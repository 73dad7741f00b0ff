"""From features to the columns of a regression: the features, their splines, and products of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from bot.evaluation.regression import Doubles, Singles
from bot.matching.weights import PRODUCT_LIMIT, FeatureWeights, LogisticModel

_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
_FEWEST_VALUES = 6
"""Different values from which a feature is bent; below, each value nearly has a weight of its own as it is."""
_PAIRED = (
    "dice", "coverage", "ratio", "sound", "item_overlap", "unknown", "unexplained", "unexplained_most",
    "unmatched_names", "content_mass", "lead_lexical", "lead_lexical_not_covered", "new_kinds", "asks_reason",
    "asks_summary", "length", "latin", "broad",
    "meaning", "meaning_3", "meaning_8", "meaning_passages", "lead_meaning", "lead_meaning_not_covered",
    "contrast", "lead_contrast", "lead_contrast_not_covered", "class", "lead_class", "lead_class_not_covered",
    "agreement",
    "alone", "behind", "lead_behind", "same", "related", "marker", "leaning",
)  # fmt: skip
"""Features whose products are used: what each says depends on the others. Without products, the mean cost of a reply
(see `bands`; cross-validated on the training questions) rises from 0.30 to 0.36 where words alone decide."""
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class Columns:
    """How features become columns, of about mean 0 and spread 1 over the examples that it was made from."""

    names: tuple[str, ...]
    """Features, in the order in which examples give them."""
    mean: Doubles
    """Mean of each feature."""
    scale: Doubles
    """Spread of each feature; with `mean` it standardises it for products."""
    knots: tuple[tuple[float, ...], ...]
    """Values at which each feature's spline bends."""
    pairs: tuple[tuple[int, int], ...]
    """Numbers of the features that are multiplied."""
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

    def model(self, coefficients: Doubles, slope: float = 1.0, offset: float = 0.0) -> LogisticModel:
        """Return the model with these coefficients of the columns, its log-odds times `slope` plus `offset`."""
        weights = slope * coefficients[1:] / self.column_scale
        intercept = slope * coefficients[0] - weights @ self.column_mean + offset
        values = iter(weights[len(self.names) :].tolist())
        features = {
            name: FeatureWeights(
                mean=_short(self.mean[at]),
                scale=_short(self.scale[at]),
                weight=_short(weights[at]),
                bends={repr(_short(knot)): _short(next(values)) for knot in self.knots[at]},
            )
            for at, name in enumerate(self.names)
        }
        products = {f"{self.names[one]}*{self.names[other]}": _short(next(values)) for one, other in self.pairs}
        return LogisticModel(intercept=_short(intercept), features=features, products=products)


def make_columns(names: tuple[str, ...], raw: Singles, *, products: bool) -> Columns:
    """Fix on examples how features become columns."""
    exact = raw.astype(np.float64)
    paired = [names.index(name) for name in _PAIRED if name in names] if products else []
    plain = Columns(
        names=names,
        mean=exact.mean(axis=0),
        scale=_spread(exact),
        knots=tuple(map(_knots, exact.T)),
        pairs=tuple(combinations_with_replacement(paired, 2)),
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
    return Columns(plain.names, plain.mean, plain.scale, plain.knots, plain.pairs, mean, scale)


def _unscaled(columns: Columns, raw: Singles) -> Doubles:
    """Return the features, their splines and their products, in the features' own units."""
    exact = raw.astype(np.float64)
    standard = (exact - columns.mean) / columns.scale
    bent = [np.maximum(exact[:, [at]] - knot, 0) for at, knots in enumerate(columns.knots) for knot in knots]
    products = [
        np.clip(standard[:, [one]] * standard[:, [other]], -PRODUCT_LIMIT, PRODUCT_LIMIT)
        for one, other in columns.pairs
    ]
    return np.hstack([exact, *bent, *products])


def _knots(values: Doubles) -> tuple[float, ...]:
    few = len(np.unique(values)) < _FEWEST_VALUES
    return () if few else tuple(np.unique(np.quantile(values, _QUANTILES)).tolist())


def _spread(exact: Doubles) -> Doubles:
    spread = exact.std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def _short(value: float) -> float:
    return float(f"{value:.5g}")
