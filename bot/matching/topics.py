"""Which questions a message holds, and what each may be about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.knowledge.model import Entry
from bot.matching.dialogue import Dialogue
from bot.matching.engine import Engine, Ranking
from bot.matching.split import halves, sentences
from bot.matching.weights import log_odds

MOST = 3
"""Answers to one message."""
_LONG = 56
"""Index terms from which a part counts as long."""


@dataclass(frozen=True)
class Cut:
    """One way to read a message as several questions."""

    rankings: tuple[Ranking, ...]
    """What each part may be about; their best entries differ and quote no common line."""
    features: Mapping[str, float]
    """The evidence for and against reading the message so."""


def topics(engine: Engine, dialogue: Dialogue, inline: str, whole: str) -> tuple[Ranking, ...]:
    """Return a ranking for each topic that a message asks about: one, unless it surely asks about several."""
    ranking = engine.rank(whole)
    if ranking.absent is not None and not ranking.candidates:  # a curator wrote this very question as not answered
        return (ranking,)
    found = list(cuts(engine, dialogue, inline, ranking))
    several = engine.weights.several
    scores = several.logistic.probabilities([cut.features for cut in found]).tolist()
    best = max(zip(scores, found, strict=True), key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= several.least:
        return best[1].rankings
    return (_buried(engine, dialogue, inline, ranking, whole),)


def cuts(engine: Engine, dialogue: Dialogue, inline: str, ranking: Ranking) -> Iterator[Cut]:
    """Yield the ways to read a message as several questions that the knowledge may answer."""
    normalise = engine.reader.normalise
    ways = {"": sentences(dialogue, inline, normalise)} | halves(dialogue, inline, normalise)
    for name, parts in ways.items():
        if len(parts) < 2:
            continue
        rankings = [engine.rank(part) for part in parts]
        probable = [part for part in rankings if part.best >= part.model.bands.suggest]
        kept = max(_distinct(probable), _distinct(map(_narrowed, probable)), key=len)
        if len(kept) > 1:
            asking = [bool(dialogue.question.search(part.query.text)) for part in kept]
            features = _evidence(ranking, kept, asking, len(parts))
            yield Cut(kept, features | {"comma": float(name == "comma"), "joined": float(name == "joined")})


def _evidence(whole: Ranking, kept: Sequence[Ranking], asking: Sequence[bool], parts: int) -> dict[str, float]:
    best = whole.candidates[0] if whole.candidates else None
    among = best is not None and any(_same(best.item, part.candidates[0].item) for part in kept)
    odds = [log_odds(part.best) for part in kept]
    return {
        "whole": log_odds(whole.best),
        "whole_unexplained": best.features.get("unexplained", 0.0) if best is not None else 1.0,
        "whole_among": float(among),
        "whole_exact": float(whole.is_exact),
        "least": min(odds),
        "most": max(odds),
        "exact": sum(part.is_exact for part in kept) / len(kept),
        "shortest": min(min(len(part.query.terms) / _LONG, 1.0) for part in kept),
        "asking": sum(asking) / len(kept),
        "dropped": 1 - len(kept) / parts,
    }


def _buried(engine: Engine, dialogue: Dialogue, inline: str, ranking: Ranking, whole: str) -> Ranking:
    """Return the ranking of the one sentence in a long message that asks something answerable, or of the whole."""
    parts = sentences(dialogue, inline, engine.reader.normalise)
    if not parts or parts == (whole,) or _answered(ranking):
        return ranking
    answered = [part for part in map(engine.rank, parts) if _answered(part)]
    if answered and (len(parts) == 1 or answered[0].best >= _clear(answered[0])):
        return answered[0]
    return ranking


def _answered(ranking: Ranking) -> bool:
    return ranking.best >= ranking.model.bands.answer


def _clear(ranking: Ranking) -> float:
    """Return the score from which one part may be answered although another one can't be."""
    return (1 + ranking.model.bands.answer) / 2


def _narrowed(part: Ranking) -> Ranking:
    """Put a sure entry before the overview that holds it, so that it stands beside the other parts' answers."""
    best = part.candidates[0].item
    for at, candidate in enumerate(part.candidates):
        item = candidate.item
        if candidate.score < part.model.bands.answer or not isinstance(item, Entry):
            break
        if not item.broad and _same(item, best):
            return replace(part, candidates=(candidate, *part.candidates[:at], *part.candidates[at + 1 :]))
    return part


def _distinct(rankings: Iterable[Ranking]) -> tuple[Ranking, ...]:
    """Keep the first of those whose answers overlap."""
    kept: list[Ranking] = []
    for ranking in rankings:
        if not any(_same(ranking.candidates[0].item, other.candidates[0].item) for other in kept):
            kept.append(ranking)
    return tuple(kept[:MOST])


def _same(one: object, other: object) -> bool:
    """Tell whether two entries are one, or answer the same: they quote a common line."""
    return isinstance(one, Entry) and isinstance(other, Entry) and (one.key == other.key or one.overlaps(other))
