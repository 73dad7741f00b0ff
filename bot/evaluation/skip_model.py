"""The thresholds `skip_model_below` and `skip_model_above`: scores at which the sentence model needn't be used."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from bot.evaluation.training import MISSED_COST, NEEDLESS_COST, WRONG_COST, Best
from bot.matching.weights import Model

_MAX_MEAN_SAVING = 0.004
"""Mean cost per question that the model could still save below the one threshold, and above the other."""


def skip_model(without: Best, with_model: Best, models: tuple[Model, Model], answerable: Collection[str]) -> tuple[float, float]:
    """Return the highest score below which, and the lowest from which, the model would hardly reply better.

    `without` and `with_model` are the questions' best candidates without and with it, `models` what their scores are
    decided by, in the same order; `answerable` names the questions that the interview answers.
    """
    saved = {
        question: _cost(best, question in answerable, models[0])
        - _cost(with_model.get(question, (0.0, False)), question in answerable, models[1])
        for question, best in without.items()
    }
    scores = {question: score for question, (score, _) in without.items()}
    ascending = sorted(scores, key=scores.__getitem__)
    budget = _MAX_MEAN_SAVING * len(scores)
    above = min((scores[question] for question in _affordable(reversed(ascending), saved, budget)), default=1.0)
    below = max((scores[question] for question in _affordable(ascending, saved, budget)), default=0.0)
    above = math.ceil(above * 100) / 100
    return min(math.floor(below * 100) / 100, above), above


def _affordable(questions: Iterable[str], saved: dict[str, float], budget: float) -> list[str]:
    """Return the longest beginning of `questions` for which the model saves no more than `budget`."""
    ordered = list(questions)
    total, longest = 0.0, 0
    for count, question in enumerate(ordered, 1):
        total += saved[question]
        if total <= budget:
            longest = count
    return ordered[:longest]


def _cost(best: tuple[float, bool], answerable: bool, model: Model) -> float:
    """Return what a reply costs that is decided by the best candidate."""
    score, hit = best
    if score >= model.bands.answer:
        return 0.0 if hit else WRONG_COST
    if score >= model.bands.suggest:
        return NEEDLESS_COST
    return MISSED_COST if answerable else 0.0
