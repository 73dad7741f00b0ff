"""The threshold `skip_semantic_from`: the lexical score from which vectors needn't be computed."""

from __future__ import annotations

import math

from bot.evaluation.bands import NEEDLESS_COST, WRONG_COST
from bot.evaluation.training import Best

_MAX_MEAN_SAVING = 0.01
"""Mean cost per question that vectors could still save above the threshold."""


def skip_semantic_from(lexical: Best, semantic: Best, answer: float) -> float:
    """Return the lowest lexical score from which the semantic features would hardly answer better.

    `lexical` and `semantic` are the questions' best candidates without and with them; `answer` is the score from
    which the latter are shown as answers.
    """
    saved = 0.0
    lowest = 1.0
    ranked = sorted(lexical.items(), key=lambda item: -item[1][0])
    for total, (question, best) in enumerate(ranked, 1):
        saved += _cost(best, 0.0) - _cost(semantic.get(question, (0.0, False)), answer)
        if saved <= _MAX_MEAN_SAVING * total:
            lowest = best[0]
    return math.ceil(lowest * 100) / 100


def _cost(best: tuple[float, bool], answer: float) -> float:
    """Return what a question costs whose best candidate is shown as the answer from the score `answer` on."""
    score, hit = best
    if score < answer:
        return NEEDLESS_COST
    return 0.0 if hit else WRONG_COST
