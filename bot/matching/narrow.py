"""The narrow entry rather than the overview that holds it."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from bot.knowledge.model import Entry
from bot.matching.engine import Ranking
from bot.matching.weights import log_odds


def narrowed(ranking: Ranking, within: float = inf) -> Ranking:
    """Put a sure entry before the overview that holds it, unless it is less likely by more than `within` log-odds."""
    for at, candidate in enumerate(ranking.candidates):
        best, item = ranking.candidates[0], candidate.item
        if candidate.score < ranking.model.bands.answer or not isinstance(item, Entry):
            break
        if log_odds(best.score) - log_odds(candidate.score) > within:
            break
        if not item.broad and answer_the_same(item, best.item):
            return replace(ranking, candidates=(candidate, *ranking.candidates[:at], *ranking.candidates[at + 1 :]))
    return ranking


def answer_the_same(one: object, other: object) -> bool:
    """Tell whether two entries are one, or answer the same: they quote a common line."""
    return isinstance(one, Entry) and isinstance(other, Entry) and (one.key == other.key or one.overlaps(other))
