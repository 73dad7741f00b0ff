"""From a ranking to a decision: answer, ask back, or say that the interview doesn't say it."""

from __future__ import annotations

from bot.knowledge.model import Entry
from bot.matching.engine import Ranking
from bot.matching.model import Candidate, Decision, Found

SUGGESTIONS = 4


def decide(ranking: Ranking) -> Decision:
    """Apply the bands of the ranking's model."""
    bands, candidates = ranking.model.bands, ranking.candidates
    best = candidates[0].score if candidates else 0.0
    if best >= bands.answer:
        return Decision("answered", "zh", answers=(_found(candidates[0]),), candidates=candidates)
    offered = tuple(_found(candidate) for candidate in candidates if candidate.score >= bands.floor)[:SUGGESTIONS]
    if best >= bands.suggest and offered:
        return Decision("suggested", "zh", suggestions=offered, absent=ranking.absent, candidates=candidates)
    return Decision("unknown", "zh", absent=ranking.absent, candidates=candidates)


def _found(candidate: Candidate) -> Found:
    if not isinstance(candidate.item, Entry):
        raise TypeError(f"{candidate.item.key} is no entry")
    return Found(candidate.item, candidate.score)
