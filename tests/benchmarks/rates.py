"""Making peers comparable: thresholds at which each answers as many unanswerable questions as the bot."""

from __future__ import annotations

import math
from collections.abc import Sequence


def threshold(unanswerable: Sequence[float], allowed: int) -> float:
    """Return the lowest score above which at most `allowed` of the unanswerable questions' scores lie.

    A question is answered when its score lies above, not at, the threshold: of tied scores all are let
    through, or none.
    """
    if allowed >= len(unanswerable):
        return -math.inf
    return sorted(unanswerable, reverse=True)[allowed]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least a `share` in (0, 1] of all don't exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
