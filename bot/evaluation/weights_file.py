"""The text of `config/matching/weights.toml`."""

from __future__ import annotations

import tomli_w

from bot.matching.weights import Weights

_HEAD = """\
# Made by: python -m bot eval --calibrate {files}
# Logistic regression over the features of bot/matching/ (features, context_features, message_topics), as probabilities.
# Costs behind the bands: wrong answer 4, needless "did you mean" 1, missed answer 1.5.
# Don't edit by hand; run the command again.

"""


def render(weights: Weights, files: str) -> str:
    """Return the file's text; `files` names the question files behind it."""
    return _HEAD.format(files=files) + tomli_w.dumps(weights.model_dump())
