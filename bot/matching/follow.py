"""Reading a message in the light of what was just answered."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.knowledge.model import Entry
from bot.matching.dialogue import FollowUp
from bot.matching.engine import Engine, Ranking
from bot.matching.model import Before, Candidate

SAME = 0.9
"""Probability that "the exact words?" or "the third one?" is about the entry that was just shown."""
RELATED, SECTION = 1.6, 0.8
"""Log-odds that a short message gains for an entry which the last answer names as related, or stands beside."""
SHORT = 28
"""Index terms up to which a message may lean on what came before."""

_REASON = re.compile(r"因为|由于|原因|理由|为了|所以|because|since\b|reason|so that|in order", re.IGNORECASE)
_MARKERS = re.compile(r"^(?:那么|那|至于)|(?:呢|咧)$|^(?:and|but|so|what about|how about) ")


def same_again(follow_up: FollowUp, before: Before) -> tuple[Entry, int | None] | None:
    """Return the entry that was just shown, where that is what is asked for again, and the point asked for."""
    entry = before.entries[0]
    if follow_up.kind in {"wording", "detail"}:
        return entry, None
    if follow_up.kind == "item" and follow_up.place is not None:
        place = follow_up.place if follow_up.place >= 0 else len(entry.points) - 1
        return entry, place if place < len(entry.points) else None
    if follow_up.kind == "why" and any(_REASON.search(point.zh + point.en) for point in entry.points):
        return entry, None
    return None


def next_entry(engine: Engine, before: Before) -> Entry | None:
    """Return a related entry that hasn't been shown in this conversation."""
    return next((entry for entry in _related(engine, before.entries[0]) if entry.key not in before.shown), None)


def in_context(engine: Engine, text: str, ranking: Ranking, before: Before) -> Ranking:
    """Return the ranking of a short message with the last answer's neighbourhood taken into account.

    The message is read alone and behind the last question; the neighbours gain some log-odds for being near.
    """
    if len(ranking.query.terms) > SHORT * 2:
        return ranking
    gains = _neighbourhood(engine, before)
    bare = _MARKERS.sub("", text).strip() or text
    last = engine.reader.normalise(before.entries[0].question.en if bare.isascii() else before.entries[0].question.zh)
    scored = engine.rank_among((bare, f"{last} {bare}"), gains)
    near = [
        replace(candidate, score=_gain(candidate.score, gains[item]))
        for candidate in scored
        if (item := engine.number_of(candidate.item)) is not None
    ]
    best: dict[str, Candidate] = {}
    for candidate in (*near, *ranking.candidates):
        known = best.get(candidate.item.key)
        if known is None or candidate.score > known.score:
            best[candidate.item.key] = candidate
    return replace(ranking, candidates=tuple(sorted(best.values(), key=lambda candidate: -candidate.score)))


def reasons(engine: Engine, text: str, ranking: Ranking, before: Before) -> Ranking:
    """Return the ranking of a bare "why?": the neighbours that haven't been shown, asked with the last question."""
    gains = _neighbourhood(engine, before)
    last = engine.reader.normalise(before.entries[0].question.en if text.isascii() else before.entries[0].question.zh)
    scored = engine.rank_among((f"{text} {last}",), gains)
    near = [
        replace(candidate, score=_gain(candidate.score, gains[item]))
        for candidate in scored
        if (item := engine.number_of(candidate.item)) is not None
    ]
    return replace(ranking, candidates=tuple(sorted(near, key=lambda candidate: -candidate.score)))


def _neighbourhood(engine: Engine, before: Before) -> Mapping[int, float]:
    """Map the numbers of the entries around the last answer to the log-odds they gain."""
    gains: dict[int, float] = {}
    for entry in before.entries:
        related = {other.key for other in _related(engine, entry)}
        for number, item in enumerate(engine.catalogue.items[: engine.catalogue.entry_count]):
            if not isinstance(item, Entry) or item.interview != entry.interview:
                continue
            near = RELATED if item.key in related else SECTION if item.section == entry.section else None
            if near is not None and not item.broad:
                gains[number] = max(near, gains.get(number, 0.0))
    # behind its own question every message seems to be about the last entry
    return {number: gain for number, gain in gains.items() if engine.catalogue.items[number] not in before.entries}


def _related(engine: Engine, entry: Entry) -> Iterable[Entry]:
    """Yield the entries that an entry names, then those that name it."""
    entries = [item for item in engine.catalogue.items if isinstance(item, Entry) and item.interview == entry.interview]
    by_id = {item.id: item for item in entries}
    yield from (by_id[other] for other in entry.related if other in by_id)  # a reload may have taken one out
    yield from (item for item in entries if entry.id in item.related and item.id not in entry.related)


def _gain(score: float, gain: float) -> float:
    bounded = min(max(score, 1e-6), 1 - 1e-6)
    return 1 / (1 + math.exp(-(math.log(bounded / (1 - bounded)) + gain)))
