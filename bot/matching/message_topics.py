"""Splits a message that asks about several topics, and ranks the entries for each part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.matching.decide import answer_the_same, narrowed
from bot.matching.dialogue_patterns import Dialogue
from bot.matching.engine import MAX_QUERY_CHARACTERS, Engine, Ranking
from bot.matching.message_parts import halves, sentences
from bot.matching.normalise import Normaliser
from bot.matching.weights import log_odds
from bot.matching.work_limit import max_encoded_characters

MAX_TOPICS = 3
"""Answers to one message."""
_LONG_PART_TERMS = 56
"""Index terms from which a part counts as long."""


@dataclass(frozen=True)
class MessageSplit:
    """One way to read a message as several questions."""

    rankings: tuple[Ranking, ...]
    """What each part may be about; their best entries differ and quote no common line."""
    features: Mapping[str, float]
    """The features for the model that decides whether to split."""


def topics(engine: Engine, dialogue: Dialogue, inline: str, whole: str) -> tuple[Ranking, ...]:
    """Return a ranking for each topic that a message asks about: one, unless it surely asks about several."""
    first = engine.draft(whole)
    if engine.is_settled(first):
        return (first.ranking,)
    sentences, ways = ways_to_cut(engine.parser.normalise, dialogue, inline, whole)
    parts = [part for part in dict.fromkeys((*sentences, *chain.from_iterable(ways.values()))) if part != whole]
    rankings = engine.completed([first, *map(engine.draft, parts)], max_encoded_characters(whole))
    ranked = dict(zip((whole, *parts), rankings, strict=True))
    splits = list(possible_splits(ranked, dialogue, ways, ranked[whole]))
    several = engine.weights.several
    scores = several.logistic.probabilities([split.features for split in splits]).tolist()
    best = max(zip(scores, splits, strict=True), key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= several.least:
        return best[1].rankings
    return (_only_answerable([ranked[part] for part in sentences if part != whole], ranked[whole]),)


def ways_to_cut(
    normalise: Normaliser, dialogue: Dialogue, inline: str, whole: str
) -> tuple[Sequence[str], Mapping[str, Sequence[str]]]:
    """Return a message's sentences, and the ways to cut it into several parts that may each be a question.

    One that is longer than any sentence is cut between its sentences alone.
    """
    cut = sentences(dialogue, inline, normalise)
    ways = {"": cut}
    if len(whole) < MAX_QUERY_CHARACTERS:
        ways |= halves(dialogue, inline, normalise)
    return cut, {name: parts for name, parts in ways.items() if len(parts) > 1}


def possible_splits(
    ranked: Mapping[str, Ranking], dialogue: Dialogue, ways: Mapping[str, Sequence[str]], ranking: Ranking
) -> Iterator[MessageSplit]:
    """Yield the ways to read a message as several questions that the knowledge may answer.

    `ranked` has a ranking for each part of each of the `ways`; `ranking` is that of the whole message.
    """
    for name, parts in ways.items():
        rankings = [ranked[part] for part in parts]
        probable = [part for part in rankings if part.best >= part.model.bands.suggest]
        distinct = max(_distinct(probable), _distinct(map(narrowed, probable)), key=len)
        if len(distinct) > 1:
            asking = [bool(dialogue.question.search(part.query.text)) for part in distinct]
            features = _split_features(ranking, distinct, asking, len(parts))
            yield MessageSplit(
                distinct, features | {"comma": float(name == "comma"), "joined": float(name == "joined")}
            )


def _split_features(
    whole: Ranking, distinct: Sequence[Ranking], asking: Sequence[bool], parts: int
) -> dict[str, float]:
    best = whole.candidates[0] if whole.candidates else None
    among = best is not None and any(answer_the_same(best.entry, part.candidates[0].entry) for part in distinct)
    odds = [log_odds(part.best) for part in distinct]
    return {
        "whole": log_odds(whole.best),
        "whole_unexplained": best.features.get("unexplained", 0.0) if best is not None else 1.0,
        "whole_among": float(among),
        "least": min(odds),
        "most": max(odds),
        "exact": sum(part.is_exact for part in distinct) / len(distinct),
        "shortest": min(min(len(part.query.terms) / _LONG_PART_TERMS, 1.0) for part in distinct),
        "asking": sum(asking) / len(distinct),
        "dropped": 1 - len(distinct) / parts,
    }


def _only_answerable(parts: Sequence[Ranking], whole: Ranking) -> Ranking:
    """Return the ranking of the one sentence in a long message that asks something answerable, or of the whole."""
    if not parts or _answered(whole):
        return whole
    answered = [part for part in parts if _answered(part)]
    if answered and (len(parts) == 1 or answered[0].best >= _single_answer_threshold(answered[0])):
        return answered[0]
    return whole


def _answered(ranking: Ranking) -> bool:
    return ranking.best >= ranking.model.bands.answer


def _single_answer_threshold(ranking: Ranking) -> float:
    """Return the score from which one part may be answered although another one can't be."""
    return (1 + ranking.model.bands.answer) / 2


def _distinct(rankings: Iterable[Ranking]) -> tuple[Ranking, ...]:
    """Leave out each ranking whose best entry overlaps that of an earlier one."""
    distinct: list[Ranking] = []
    for ranking in rankings:
        if not any(answer_the_same(ranking.candidates[0].entry, other.candidates[0].entry) for other in distinct):
            distinct.append(ranking)
    return tuple(distinct[:MAX_TOPICS])
