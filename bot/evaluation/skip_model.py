"""The thresholds `skip_model_below` and `skip_model_above`: scores at which the sentence model needn't be used."""

from __future__ import annotations

import numpy as np

from bot.evaluation.bands import reply_costs
from bot.evaluation.training import Trained
from bot.matching.weights import Weights

MAX_MEAN_SAVING = 0.005
"""Mean cost of a reply that the model could still save below the one threshold, and above the other."""
_GRID = [at / 100 for at in range(101)]


def skip_model(without: Trained, with_model: Trained) -> tuple[float, float]:
    """Return the highest score below which, and the lowest from which on, the model would hardly reply better.

    `without` and `with_model` are trained on the same questions. The scores are those without the model.
    """
    place = {asked: at for at, asked in enumerate(with_model.best)}
    chosen = [place[asked] for asked in without.best]
    score = without.questions.score
    saved = reply_costs(without.questions, without.model.bands)
    saved -= reply_costs(with_model.questions, with_model.model.bands)[chosen]
    budget = MAX_MEAN_SAVING * len(score)
    affordable_below = [at for at in _GRID if saved[score < at].sum() <= budget]
    affordable_above = [at for at in _GRID if saved[score >= at].sum() <= budget]
    highest, lowest = max(affordable_below), min(affordable_above, default=1.0)
    return min(highest, lowest), lowest


def share_used(without: Trained, weights: Weights) -> float:
    """Return the share of the expected traffic that lies between the thresholds."""
    questions = without.questions
    used = (questions.score >= weights.skip_model_below) & (questions.score < weights.skip_model_above)
    return float(np.average(used, weights=questions.share))
