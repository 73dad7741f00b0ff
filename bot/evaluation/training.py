"""Making the weights: boosted trees on examples, calibrated, with bands that follow from costs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from sklearn.model_selection import GroupKFold

from bot.evaluation.bands import RankedQuestions, bands, ranked, reply_costs
from bot.evaluation.boosting import boost
from bot.evaluation.columns import make_columns
from bot.evaluation.example_table import ExampleTable
from bot.evaluation.regression import Doubles, Truths, fit, logistic
from bot.matching.boosted_trees import Calibration
from bot.matching.weights import Model, MultiTopicModel

Best: TypeAlias = dict[Hashable, tuple[float, bool]]
"""For each question the score of its best candidate, and whether that one is right."""

FOLDS = 3
REPETITIONS = 3
"""Cross-validations of a single interview, each with other folds, whose mean counts: one is a matter of luck."""
SEVERAL_FROM = 0.5
"""Probability from which a message is read as several questions: to show one answer too many, or to leave one
out, costs about the same."""
DENSITY = "phrasing_count"
"""The feature that tells how densely an entry is curated."""
_PENALTY = 1.0
"""Penalty on the coefficients of `several`."""


@dataclass(frozen=True)
class Trained:
    """A model, and how it fares on questions that it hasn't seen."""

    model: Model
    """Fitted on all examples."""
    questions: RankedQuestions
    """The questions as models rank them that haven't seen them (cross-validated)."""
    best: Best
    """What comes first of that, by question."""

    @property
    def cost(self) -> float:
        """What a reply costs on average, cross-validated."""
        return float(reply_costs(self.questions, self.model.bands).mean())

    @property
    def log_loss(self) -> float:
        """The mean log loss of the best candidates' scores, cross-validated."""
        score = np.clip(self.questions.score, 1e-9, 1 - 1e-9)
        return float(
            -np.average(np.log(np.where(self.questions.right, score, 1 - score)), weights=self.questions.share)
        )

    @property
    def calibration_error(self) -> float:
        """How far the best candidates' scores are from how often they are right, by tenths, cross-validated."""
        tenth = np.minimum((self.questions.score * 10).astype(int), 9)
        off = np.bincount(tenth, self.questions.share * (self.questions.score - self.questions.right), 10)
        return float(np.abs(off).sum() / self.questions.share.sum())


def train(table: ExampleTable) -> Trained:
    """Make a model of examples.

    The trees are grown on all examples. Their scores are then calibrated (Platt 1999) on the questions' best
    candidates, as predicted by models that had not seen them, and the bands minimise the stated costs on the same
    predictions.
    """
    weight = table.weights()
    odds = _cross_validated(table, weight)
    calibration = _calibration(table, odds)
    questions = ranked(table, logistic(calibration.applied(odds, table.names, table.raw)))
    trees = boost(table.names, table.raw, table.right, weight).trees(calibration)
    pairs = zip(questions.score.tolist(), questions.right.tolist(), strict=True)
    best: Best = dict(zip(table.asked, pairs, strict=True))
    return Trained(Model(trees=trees, bands=bands(questions)), questions, best)


def train_several(table: ExampleTable) -> MultiTopicModel:
    """Return the model that tells whether a message asks about several topics, and from where on to believe it."""
    columns = make_columns(table.names, table.raw)
    made = columns.of(table.raw)
    penalty = np.full(made.shape[1], _PENALTY)
    penalty[0] = 0.0  # the constant
    return MultiTopicModel(logistic=columns.model(fit(made, table.right, table.weights(), penalty)), least=SEVERAL_FROM)


def held_out(table: ExampleTable) -> Sequence[Truths]:
    """Return which candidates to predict by models that haven't seen them, in parts; a candidate may be in several.

    Where there are several interviews each is a part, as the next one will be new too. But one with more questions
    than all others together is the one that is served, and will have been trained on: its parts are of questions.
    """
    of_question = np.array([asked.interview for asked in table.asked])
    names, counts = np.unique(of_question, return_counts=True)
    served = names[counts > len(of_question) / 2]
    parts = [(of_question == interview)[table.owner] for interview in names if interview not in served]
    for interview in served:
        rows = np.flatnonzero((of_question == interview)[table.owner])
        questions = np.array([asked.question for asked in table.asked])[table.owner[rows]]
        for repetition in range(1 if parts else REPETITIONS):
            folds = GroupKFold(min(FOLDS, len(np.unique(questions))), shuffle=True, random_state=repetition)
            for _, fold in folds.split(rows, groups=questions):
                part = np.zeros(len(table.raw), bool)
                part[rows[fold]] = True
                parts.append(part)
    return parts


def _cross_validated(table: ExampleTable, weight: Doubles) -> Doubles:
    """Return log-odds from models that were fitted without any candidate of the part."""
    total, times = np.zeros(len(table.raw)), np.zeros(len(table.raw))
    for part in held_out(table):
        made = boost(table.names, table.raw[~part], table.right[~part], weight[~part])
        total[part] += made.odds(table.raw[part])
        times[part] += 1
    return np.asarray(total / times)


def _calibration(table: ExampleTable, odds: Doubles) -> Calibration:
    """Return what turns the log-odds of the questions' best candidates into calibrated ones (Platt 1999).

    What a score is worth depends on how densely an entry is curated; so slope and offset do too, where that is known.
    """
    questions = ranked(table, odds)
    columns = [np.ones(len(odds)), odds]
    if DENSITY in table.names:
        density = table.raw[:, table.names.index(DENSITY)].astype(np.float64)
        columns += [density, odds * density]
    of_best = np.stack(columns, axis=1)[questions.best].astype(np.float32)
    fitted = fit(of_best, questions.right, questions.share, np.full(of_best.shape[1], 1e-3)).tolist()
    if len(fitted) == 2:
        return Calibration(offset=_short(fitted[0]), slope=_short(fitted[1]))
    offset, slope, offset_by, slope_by = map(_short, fitted)
    return Calibration(slope=slope, offset=offset, by=DENSITY, slope_by=slope_by, offset_by=offset_by)


def _short(value: float) -> float:
    return float(f"{value:.5g}")
