"""Which questions a message holds, and what each may be about."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge.model import Entry
from bot.matching.dialogue import Dialogue
from bot.matching.engine import Engine, Ranking
from bot.matching.split import halves, sentences

MOST = 3
"""Answers to one message."""


def topics(engine: Engine, dialogue: Dialogue, inline: str, whole: str) -> tuple[Ranking, ...]:
    """Return a ranking for each topic that a message asks about: one, unless several are surely answered."""
    ranking = engine.rank(whole)
    if ranking.absent is not None and not ranking.candidates:  # a curator wrote this very question as not answered
        return (ranking,)
    normalise = engine.reader.normalise
    parts = sentences(dialogue, inline, normalise)
    if parts and parts != (whole,):
        rankings = [engine.rank(part) for part in parts]
        answered = _distinct([part for part in rankings if _answered(part)])
        if answered and len(several := _distinct([part for part in rankings if _probable(part)])) > 1:
            return several
        if answered and not _answered(ranking) and (len(parts) == 1 or answered[0].best >= _clear(answered[0])):
            return answered
    if not _explained(ranking):
        for way in halves(dialogue, inline, normalise):
            rankings = [engine.rank(part) for part in way]
            together = any(map(_answered, rankings)) and all(map(_probable, rankings))
            if together and len(several := _distinct(rankings)) > 1:
                return several
    return (ranking,)


def _answered(ranking: Ranking) -> bool:
    return ranking.best >= ranking.model.bands.answer


def _probable(ranking: Ranking) -> bool:
    """Tell whether a part is answered beside another that surely is: who asks two things asks both in earnest."""
    bands = ranking.model.bands
    return ranking.best >= (bands.suggest + bands.answer) / 2


def _clear(ranking: Ranking) -> float:
    """Return the score from which one part may be answered although another one can't be."""
    return (1 + ranking.model.bands.answer) / 2


def _explained(ranking: Ranking) -> bool:
    """Tell whether one entry answers the whole message: all of its content words are the entry's."""
    return _answered(ranking) and ranking.candidates[0].features.get("unexplained", 0.0) <= 0.0


def _distinct(rankings: Sequence[Ranking]) -> tuple[Ranking, ...]:
    """Keep the first of those whose answers overlap."""
    kept: list[Ranking] = []
    for ranking in rankings:
        entry = ranking.candidates[0].item
        others = [other.candidates[0].item for other in kept]
        if isinstance(entry, Entry) and not any(
            isinstance(other, Entry) and (other.key == entry.key or other.overlaps(entry)) for other in others
        ):
            kept.append(ranking)
    return tuple(kept[:MOST])
