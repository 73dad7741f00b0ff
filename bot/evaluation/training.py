"""Making the weights: logistic regression on examples, calibrated, with bands that follow from costs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from bot.evaluation.examples import ANSWERABLE, VAGUE, Example
from bot.matching.decide import MAX_SUGGESTIONS
from bot.matching.weights import PRODUCT_LIMIT, Bands, FeatureWeights, LogisticModel, MultiTopicModel

Matrix = NDArray[np.float64]
Best: TypeAlias = dict[str, tuple[float, bool]]
"""For each question the score of its best candidate, and whether that one is right."""

WRONG_COST = 4.0
NEEDLESS_COST = 1.0
MISSED_COST = 1.5
READING_COST = 0.1
"""Costs of a wrong answer, of a needless "did you mean", of a missed answer, of reading one more suggestion."""
TRAFFIC = {
    ANSWERABLE: 0.74,
    VAGUE: 0.035,
    "far": 0.05,
    "near": 0.07,
    "false-premise": 0.06,
    "chitchat": 0.025,
    "attack": 0.02,
}
"""Expected shares of the messages, by kind; the files contain more of the hard kinds than users bring."""
BOOTSTRAP_SAMPLES = 500
ANSWER_QUANTILE = 0.05
"""Quantile of the cheapest thresholds from which on to answer: the lower end of the usual 90% interval."""
FOLDS = 5
REPETITIONS = 3
"""Cross-validations, each with other folds, whose mean counts: one alone is a matter of luck."""
_REGULARISATION = 0.01
_REGULARISATION_OF_FEW = 1.0
"""Inverse strengths; the penalty doesn't grow with the number of examples, so few examples want a weaker one."""
SEVERAL_FROM = 0.5
"""Probability from which a message is read as several questions: to show one answer too many, or to leave one
out, costs about the same."""
_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
_GRID = np.arange(0.02, 0.96, 0.01)
_PAIRED = (
    "dice", "coverage", "ratio", "sound", "item_overlap", "unknown", "unexplained", "unexplained_most",
    "unmatched_names", "content_mass", "lead_lexical", "lead_lexical_not_covered", "new_kinds", "asks_reason",
    "asks_summary", "length", "latin", "broad",
    "static_cosine", "static_cosine_3", "static_cosine_8", "static_passage", "lead_static_cosine",
    "lead_static_cosine_not_covered", "static_contrast", "lead_static_contrast", "lead_static_contrast_not_covered",
    "static_class", "lead_static_class", "lead_static_class_not_covered", "static_agreement",
    "model_cosine", "model_cosine_3", "model_cosine_8", "model_passage", "lead_model_cosine",
    "lead_model_cosine_not_covered", "model_contrast", "lead_model_contrast", "lead_model_contrast_not_covered",
    "model_class", "lead_model_class", "lead_model_class_not_covered", "model_agreement",
    "alone", "behind", "lead_behind", "same", "related", "marker", "leaning",
)  # fmt: skip
"""Features whose products are used: what each says depends on the others. Without products, the mean cost of a reply
(see `_bands`; cross-validated on the training questions) rises from 0.30 to 0.36 where words alone decide."""


@dataclass(frozen=True)
class _Shape:
    """How features become columns; fixed on the training part."""

    names: tuple[str, ...]
    mean: Matrix
    scale: Matrix
    knots: tuple[tuple[float, ...], ...]
    pairs: tuple[tuple[int, int], ...]

    def columns(self, raw: Matrix) -> Matrix:
        """Return the raw features, their splines and their products."""
        standard = (raw - self.mean) / self.scale
        bent = [np.maximum(raw[:, [at]] - knot, 0) for at, knots in enumerate(self.knots) for knot in knots]
        products = [
            np.clip(standard[:, [one]] * standard[:, [other]], -PRODUCT_LIMIT, PRODUCT_LIMIT)
            for one, other in self.pairs
        ]
        return np.hstack([raw, *bent, *products])


def train(examples: Sequence[Example]) -> tuple[LogisticModel, Bands, Best]:
    """Return the model, its bands, and for each question the cross-validated score of its best candidate.

    The regression is fitted on all examples. Its scores are then calibrated (Platt 1999) on the questions'
    best candidates, as predicted by models that had not seen them, and the bands minimise the stated costs
    on the same predictions.
    """
    names = tuple(examples[0].features)
    raw = np.array([[example.features[name] for name in names] for example in examples], np.float64)
    right = np.array([example.right for example in examples])
    odds = _cross_validated(names, raw, right, [example.question for example in examples])
    best = _best_by_question(examples, odds)
    slope, offset = _platt(best, _shares(examples))
    shape, intercept, coefficients = _fit(names, raw, right)
    model = _model(shape, intercept * slope + offset, coefficients * slope)
    bands = _bands(examples, _logistic(odds * slope + offset))
    scores = {question: (float(_logistic(value * slope + offset)), hit) for question, (value, hit) in best.items()}
    return model, bands, scores


def train_several(examples: Sequence[Example]) -> MultiTopicModel:
    """Return the model that tells whether a message asks about several topics, and from where on to believe it."""
    names = tuple(examples[0].features)
    raw = np.array([[example.features[name] for name in names] for example in examples], np.float64)
    right = np.array([example.right for example in examples])
    return MultiTopicModel(logistic=_model(*_fit(names, raw, right, few=True)), least=SEVERAL_FROM)


def _logistic(odds: Matrix | float) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.asarray(odds))))


def _shape(names: tuple[str, ...], raw: Matrix, paired_names: Sequence[str]) -> _Shape:
    scale = raw.std(axis=0)
    knots = tuple(
        tuple(np.unique(np.quantile(column, _QUANTILES)).tolist()) if len(np.unique(column)) > FOLDS else ()
        for column in raw.T
    )
    paired = [names.index(name) for name in paired_names if name in names]
    return _Shape(
        names, raw.mean(axis=0), np.where(scale > 0, scale, 1.0), knots, tuple(combinations_with_replacement(paired, 2))
    )


def _fit(
    names: tuple[str, ...], raw: Matrix, right: NDArray[np.bool_], *, few: bool = False
) -> tuple[_Shape, float, Matrix]:
    """Return intercept and coefficients per column, in the columns' own units."""
    regression = LogisticRegression(C=_REGULARISATION_OF_FEW if few else _REGULARISATION, solver="newton-cholesky")
    scaler = StandardScaler()
    shape = _shape(names, raw, () if few else _PAIRED)
    regression.fit(scaler.fit_transform(shape.columns(raw)), right)
    coefficients = regression.coef_[0] / scaler.scale_
    return shape, float(regression.intercept_[0] - coefficients @ scaler.mean_), coefficients


def _cross_validated(names: tuple[str, ...], raw: Matrix, right: NDArray[np.bool_], ids: Sequence[str]) -> Matrix:
    """Return log-odds from models that were fitted without any candidate of the question."""
    odds = np.zeros(len(raw))
    for repetition in range(REPETITIONS):
        for rest, held_out in GroupKFold(FOLDS, shuffle=True, random_state=repetition).split(raw, groups=ids):
            shape, intercept, coefficients = _fit(names, raw[rest], right[rest])
            odds[held_out] += (shape.columns(raw[held_out]) @ coefficients + intercept) / REPETITIONS
    return odds


def _best_by_question(examples: Sequence[Example], odds: Matrix) -> Best:
    best: Best = {}
    for example, value in zip(examples, odds.tolist(), strict=True):
        if example.question not in best or value > best[example.question][0]:
            best[example.question] = (value, example.right)
    return best


def _shares(examples: Sequence[Example]) -> dict[str, float]:
    """Return for each question its share of the expected traffic; the mean is 1."""
    kinds = {example.question: example.traffic for example in examples}
    counts = Counter(kinds.values())
    traffic = {kind: TRAFFIC.get(kind, TRAFFIC["near"]) for kind in counts}  # curators name kinds as they like
    present = sum(traffic.values())
    return {question: traffic[kind] / present / counts[kind] * len(kinds) for question, kind in kinds.items()}


def _platt(best: Best, shares: dict[str, float]) -> tuple[float, float]:
    """Return slope and offset that turn log-odds into calibrated ones."""
    values = np.array([[value] for value, _ in best.values()])
    weights = [shares[question] for question in best]
    fitted = LogisticRegression(C=1e6).fit(values, [hit for _, hit in best.values()], sample_weight=weights)
    return float(fitted.coef_[0][0]), float(fitted.intercept_[0])


def _model(shape: _Shape, intercept: float, coefficients: Matrix) -> LogisticModel:
    values = iter(coefficients[len(shape.names) :].tolist())
    features = {
        name: FeatureWeights(
            mean=_short(shape.mean[at]),
            scale=_short(shape.scale[at]),
            weight=_short(coefficients[at]),
            bends={repr(_short(knot)): _short(next(values)) for knot in shape.knots[at]},
        )
        for at, name in enumerate(shape.names)
    }
    products = {f"{shape.names[one]}*{shape.names[other]}": _short(next(values)) for one, other in shape.pairs}
    return LogisticModel(intercept=_short(intercept), features=features, products=products)


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _bands(examples: Sequence[Example], scores: Matrix) -> Bands:
    """Return the bands with the least cost; the floor is where one more suggestion is worth its reading.

    The cost hardly changes over a wide range, so where it is least on one sample is a matter of luck. Of the places
    where it is least on bootstrap samples (Efron 1979) of the questions, a low quantile is taken: where the costs
    can't tell, an answer is worth more than a question back.
    """
    floor = round(READING_COST / MISSED_COST, 2)
    questions = _ranked(examples, scores, floor)
    share = questions.share
    answered = share * np.where(questions.right, 0.0, WRONG_COST)
    needless = ~(questions.answerable | questions.vague) | questions.right
    lost = questions.answerable & ~questions.offered
    asked_back = share * np.where(needless, NEEDLESS_COST, np.where(lost, MISSED_COST, 0.0))
    silent = share * np.where(questions.answerable | questions.vague, MISSED_COST, 0.0)
    drawn = np.random.default_rng(0).multinomial(len(share), np.full(len(share), 1 / len(share)), BOOTSTRAP_SAMPLES)
    answer = _cheapest(drawn, questions.score, answered - asked_back)
    suggest = np.minimum(_cheapest(drawn, questions.score, asked_back - silent), answer)
    low, middle = (
        round(float(np.quantile(band, part)), 2) for band, part in ((answer, ANSWER_QUANTILE), (suggest, 0.5))
    )
    return Bands(answer=low, suggest=min(max(middle, floor), low), floor=floor)


def _cheapest(drawn: NDArray[np.int64], score: Matrix, excess: Matrix) -> Matrix:
    """Return for each sample the threshold from which on to do the one thing rather than the other.

    `drawn` tells how often each question is in a sample, one row per sample; `excess` what the one thing costs more.
    """
    above = score[:, None] >= _GRID
    return np.asarray(_GRID[(drawn @ (above * excess[:, None])).argmin(axis=1)])


@dataclass(frozen=True)
class _Ranked:
    """Questions with what decides about them, one element per question."""

    score: Matrix
    """Score of the best candidate."""
    right: NDArray[np.bool_]
    """Whether the best candidate is right."""
    offered: NDArray[np.bool_]
    """Whether a right one is among the candidates that would be suggested."""
    answerable: NDArray[np.bool_]
    vague: NDArray[np.bool_]
    """Whether it is right to ask back."""
    share: Matrix
    """Share of the expected traffic that the question stands for."""


def _ranked(examples: Sequence[Example], scores: Matrix, floor: float) -> _Ranked:
    grouped: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    traffic = {example.question: example.traffic for example in examples}
    shares = _shares(examples)
    for example, score in zip(examples, scores.tolist(), strict=True):
        grouped[example.question].append((score, example.right))
    questions = [sorted(candidates, reverse=True) for candidates in grouped.values()]
    return _Ranked(
        score=np.array([candidates[0][0] for candidates in questions]),
        right=np.array([candidates[0][1] for candidates in questions]),
        offered=np.array(
            [any(right for score, right in candidates[:MAX_SUGGESTIONS] if score >= floor) for candidates in questions]
        ),
        answerable=np.array([traffic[question] == ANSWERABLE for question in grouped]),
        vague=np.array([traffic[question] == VAGUE for question in grouped]),
        share=np.array([shares[question] for question in grouped]),
    )
