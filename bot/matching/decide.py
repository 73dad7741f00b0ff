"""From rankings to a decision: answer, ask back, or say that the interview doesn't say it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge.model import Entry
from bot.matching.engine import Ranking
from bot.matching.narrow import narrowed
from bot.matching.results import Candidate, Decision, Found

MAX_SUGGESTIONS = 4
MAX_NEAREST = 2
"""Suggestions beside "the interview doesn't say": what comes nearest, where anything does."""

MAX_OVERVIEW_LEAD_LOG_ODDS = 1.0
"""Log-odds by which an overview must be likelier than an entry that it holds, to be shown in its stead."""


def decide(rankings: Sequence[Ranking]) -> Decision:
    """Apply the bands to the ranking of each topic; there are several only where each is answered."""
    first = rankings[0]
    bands, candidates = first.model.bands, first.candidates
    if first.best >= bands.answer or len(rankings) > 1:
        answers = tuple(_found(narrowed(ranking, MAX_OVERVIEW_LEAD_LOG_ODDS).candidates[0]) for ranking in rankings)
        return Decision("answered", "zh", answers=answers, candidates=candidates)
    offered = tuple(_found(candidate) for candidate in candidates if candidate.score >= bands.floor)[:MAX_SUGGESTIONS]
    if first.best >= bands.suggest and offered:
        return Decision("suggested", "zh", suggestions=offered, not_covered=first.not_covered, candidates=candidates)
    return Decision(
        "unknown", "zh", suggestions=offered[:MAX_NEAREST], not_covered=first.not_covered, candidates=candidates
    )


def _found(candidate: Candidate) -> Found:
    if not isinstance(candidate.item, Entry):
        raise TypeError(f"{candidate.item.key} is no entry")
    return Found(candidate.item, candidate.score)
