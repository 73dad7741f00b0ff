"""The text of `config/matching/weights.toml`."""

from __future__ import annotations

import tomli_w

from bot.evaluation.bands import MISSED_COST, NEEDLESS_COST, READING_COST, WRONG_COST
from bot.matching.weights import Weights

_HEAD = """\
# Made by: python -m bot eval --calibrate {files}
# Logistic regression over the features of bot/matching/ (features, context_features, message_topics), as probabilities.
# Costs behind the bands: wrong answer {wrong:g}, needless "did you mean" {needless:g}, missed answer {missed:g},
# reading one more suggestion {reading:g}.
# Don't edit by hand; run the command again.

"""


def render(weights: Weights, files: str) -> str:
    """Return the file's text; `files` names the question files behind it."""
    head = _HEAD.format(files=files, wrong=WRONG_COST, needless=NEEDLESS_COST, missed=MISSED_COST, reading=READING_COST)
    return head + tomli_w.dumps(weights.model_dump())
