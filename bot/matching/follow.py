"""Reading a message in the light of what was just answered."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.knowledge.model import Entry
from bot.matching.dialogue import FollowUp
from bot.matching.engine import Engine, Ranking
from bot.matching.model import Before, Candidate

SAME = 0.9
"""Probability that "the exact words?" or "the third one?" is about the entry that was just shown."""
RELATED, SECTION, SAME_ENTRY = 1.6, 0.8, 0.7
"""Log-odds that a short message gains for an entry which the last answer names as related, which stands in
its section, and for the last answer itself."""
SHORT = 56
"""Index terms up to which a message may lean on what came before."""

_MARKERS = re.compile(r"^(?:那么|那|至于)|(?:呢|咧)$|^(?:and|but|so|what about|how about) ")


def same_again(follow_up: FollowUp, before: Before) -> tuple[Entry, int | None] | None:
    """Return the entry that was just shown, where that is what is asked for again, and the point asked for."""
    entry = before.entries[0]
    if follow_up.kind in {"wording", "detail"}:
        return entry, None
    if follow_up.kind == "item" and follow_up.place is not None:
        place = follow_up.place if follow_up.place >= 0 else len(entry.points) - 1
        return entry, place if place < len(entry.points) else None
    return None


def next_entry(engine: Engine, before: Before) -> Entry | None:
    """Return a related entry that hasn't been shown in this conversation."""
    return next((entry for entry in _related(engine, before.entries[0]) if entry.key not in before.shown), None)


def in_context(engine: Engine, text: str, ranking: Ranking, before: Before) -> Ranking:
    """Return the ranking of a short message with the last answer's neighbourhood taken into account.

    Read alone, the message gains some log-odds for each neighbour. Behind the last question it is read only for
    neighbours that hold all of its own words: with that question in front, every sibling seems to be asked for.
    """
    if len(ranking.query.terms) > SHORT:
        return ranking
    gains = _neighbourhood(engine, before)
    bare = _MARKERS.sub("", text).strip() or text
    alone = _scored(engine, bare, gains)
    holding = [item for item, found in alone.items() if not found.features["unexplained"] and gains[item] > SAME_ENTRY]
    behind = _scored(engine, f"{_last_question(engine, bare, before)} {bare}", holding)
    near = [replace(found, score=_gain(found.score, gains[item])) for item, found in alone.items()]
    return _merged(ranking, [*near, *behind.values()])


def reasons(engine: Engine, text: str, ranking: Ranking, before: Before) -> Ranking:
    """Return the ranking of a bare "why?": the neighbours, asked with the last question."""
    others = [item for item, gain in _neighbourhood(engine, before).items() if gain > SAME_ENTRY]
    behind = _scored(engine, f"{text} {_last_question(engine, text, before)}", others)
    return replace(ranking, candidates=tuple(sorted(behind.values(), key=lambda found: -found.score)))


def _last_question(engine: Engine, text: str, before: Before) -> str:
    question = before.entries[0].question
    return engine.reader.normalise(question.en if text.isascii() else question.zh)


def _scored(engine: Engine, text: str, items: Collection[int]) -> dict[int, Candidate]:
    by_key = {engine.catalogue.items[item].key: item for item in items}
    return {by_key[found.item.key]: found for found in engine.rank_among((text,), items)}


def _merged(ranking: Ranking, further: Iterable[Candidate]) -> Ranking:
    """Add candidates to a ranking, each entry once with its best score."""
    best: dict[str, Candidate] = {}
    for candidate in (*ranking.candidates, *further):
        known = best.get(candidate.item.key)
        if known is None or candidate.score > known.score:
            best[candidate.item.key] = candidate
    return replace(ranking, candidates=tuple(sorted(best.values(), key=lambda candidate: -candidate.score)))


def _neighbourhood(engine: Engine, before: Before) -> Mapping[int, float]:
    """Map the numbers of the entries around the last answer to the log-odds they gain."""
    gains: dict[int, float] = {}
    for entry in before.entries:
        related = {other.key for other in _related(engine, entry)}
        for number, item in enumerate(engine.catalogue.items[: engine.catalogue.entry_count]):
            if not isinstance(item, Entry) or item.interview != entry.interview:
                continue
            near = RELATED if item.key in related else SECTION if item.section == entry.section else None
            if item.key == entry.key:
                gains[number] = SAME_ENTRY
            elif near is not None and not item.broad:
                gains[number] = max(near, gains.get(number, 0.0))
    return gains


def _related(engine: Engine, entry: Entry) -> Iterable[Entry]:
    """Yield the entries that an entry names, then those that name it."""
    entries = [item for item in engine.catalogue.items if isinstance(item, Entry) and item.interview == entry.interview]
    by_id = {item.id: item for item in entries}
    yield from (by_id[other] for other in entry.related if other in by_id)  # a reload may have taken one out
    yield from (item for item in entries if entry.id in item.related and item.id not in entry.related)


def _gain(score: float, gain: float) -> float:
    bounded = min(max(score, 1e-6), 1 - 1e-6)
    return 1 / (1 + math.exp(-(math.log(bounded / (1 - bounded)) + gain)))
