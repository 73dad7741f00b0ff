"""The text of `config/matching/weights.json`."""

from __future__ import annotations

import json
from typing import Any

from bot.evaluation.bands import MISSED_COST, NEEDLESS_COST, READING_COST, WRONG_COST
from bot.matching.weights import Weights

_MADE_BY = (
    "python -m bot eval --calibrate {files} (costs behind the bands: wrong answer {wrong:g}, needless 'did you mean' "
    "{needless:g}, missed answer {missed:g}, reading a suggestion {reading:g}). Don't edit by hand; run it again."
)
_INDENT = " "


def made_by(files: str) -> str:
    """Return how weights are made; `files` names the question files behind them."""
    return _MADE_BY.format(
        files=files, wrong=WRONG_COST, needless=NEEDLESS_COST, missed=MISSED_COST, reading=READING_COST
    )


def render(weights: Weights) -> str:
    """Return the file's text: JSON with a line a table, and a line a tree."""
    return _rendered(weights.model_dump(), 0) + "\n"


def _rendered(value: Any, depth: int) -> str:
    """Break what contains tables into lines; what contains numbers alone stays on one."""
    inner, outer = "\n" + _INDENT * (depth + 1), "\n" + _INDENT * depth
    if isinstance(value, dict) and any(isinstance(part, dict | tuple) and part for part in value.values()):
        if set(value) == {"feature", "value", "right"}:
            return json.dumps(value, separators=(",", ":"))
        lines = [f"{json.dumps(name)}: {_rendered(part, depth + 1)}" for name, part in value.items()]
        return "{" + inner + f",{inner}".join(lines) + outer + "}"
    if isinstance(value, tuple) and any(isinstance(part, dict) for part in value):
        return "[" + inner + f",{inner}".join(_rendered(part, depth + 1) for part in value) + outer + "]"
    return json.dumps(value, ensure_ascii=False)
