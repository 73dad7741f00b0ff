"""From rankings to a decision: answer, ask back, or say that the interview doesn't say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from math import inf

from bot.knowledge import Entry, Language
from bot.matching.engine import Ranking
from bot.matching.results import Candidate, Decision, Scored
from bot.matching.weights import log_odds

MAX_SUGGESTIONS = 4
MAX_NEAREST = 2
"""Suggestions in addition to "the interview doesn't say": what comes nearest, where anything does."""

MAX_OVERVIEW_LEAD_LOG_ODDS = 1.0
"""An overview that is likelier by more than this is shown rather than a narrower entry on the same lines."""


def decide(rankings: Sequence[Ranking], language: Language) -> Decision:
    """Apply the bands to the ranking of each topic; there are several only where each is answered."""
    first = rankings[0]
    bands, candidates = first.model.bands, first.candidates
    if first.best >= bands.answer or len(rankings) > 1:
        answers = tuple(_scored(narrowed(ranking, MAX_OVERVIEW_LEAD_LOG_ODDS).candidates[0]) for ranking in rankings)
        return Decision("answered", language, answers=answers, candidates=candidates)
    likely = (_scored(candidate) for candidate in candidates if candidate.score >= bands.floor)
    offered = tuple(islice(likely, MAX_SUGGESTIONS))
    if first.best >= bands.suggest and offered:
        return Decision(
            "suggested", language, suggestions=offered, not_covered=first.not_covered, candidates=candidates
        )
    return Decision(
        "unknown", language, suggestions=offered[:MAX_NEAREST], not_covered=first.not_covered, candidates=candidates
    )


def offered_at_least(decision: Decision) -> Decision:
    """Ask back about a bare name that no entry surely answers: what mentions it is what may be meant."""
    if decision.status != "unknown":
        return decision
    mention = (candidate for candidate in decision.candidates if candidate.features.get("unexplained") == 0)
    offered = tuple(_scored(candidate) for candidate in islice(mention, MAX_SUGGESTIONS))
    return replace(decision, status="suggested", suggestions=offered) if offered else decision


def narrowed(ranking: Ranking, within: float = inf) -> Ranking:
    """Move an entry that is likely enough to be answered before an overview that quotes the same lines.

    Nothing is moved where the entry is less likely than the first candidate by more than `within` log-odds.
    """
    for at, candidate in enumerate(ranking.candidates):
        best = ranking.candidates[0]
        if candidate.score < ranking.model.bands.answer:
            break
        if log_odds(best.score) - log_odds(candidate.score) > within:
            break
        if not candidate.entry.broad and answer_the_same(candidate.entry, best.entry):
            return replace(ranking, candidates=(candidate, *ranking.candidates[:at], *ranking.candidates[at + 1 :]))
    return ranking


def answer_the_same(one: Entry, other: Entry) -> bool:
    """Return whether two entries are one and the same, or quote a common line of the transcript."""
    return one.key == other.key or one.overlaps(other)


def _scored(candidate: Candidate) -> Scored:
    return Scored(candidate.entry, candidate.score)
