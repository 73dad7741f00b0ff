"""Knowledge as it might be with less curating: fewer phrasings, fewer not-covered topics, a third of the entries gone.

How likely an answer is depends on how densely a folder is curated. Weights that are trained on one density believe
too much or too little on every other.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from bot.evaluation.judge import entry_hits
from bot.evaluation.questions import EvaluationQuestion
from bot.knowledge import Entry, Interview, Knowledge, NotCovered

FEWEST_PHRASINGS = 4
"""Phrasings that an item keeps at least, where it has as many."""
ENTRIES_TAKEN_OUT = 1 / 3
NO_TOPICS = 1 / 4
"""Share of thinnings without any not-covered topic; in the others every number of them is as likely."""
GONE = "near"
"""Kind of a question whose answer has been taken out: about the interview, and not answered there."""
T = TypeVar("T", Entry, NotCovered)


def thinned(knowledge: Knowledge, seed: str) -> Knowledge:
    """Return a part of a knowledge, drawn at random; the same seed draws the same part."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    return replace(knowledge, interviews=tuple(_thinned(interview, chance) for interview in knowledge.interviews))


def still_answered(questions: Iterable[EvaluationQuestion], knowledge: Knowledge) -> Iterator[EvaluationQuestion]:
    """Yield questions with the topics alone that some entry answers; one that loses all asks for what isn't there."""
    entries = tuple(knowledge.by_key.values())
    for question in questions:
        topics = tuple(topic for topic in question.topics if any(entry_hits(entry, topic) for entry in entries))
        kind = question.kind if topics or not question.topics else GONE
        yield replace(question, topics=topics, kind=kind)


def _thinned(interview: Interview, chance: random.Random) -> Interview:
    entries = list(interview.entries())
    kept = frozenset(
        entry.id for entry in _part(entries, len(entries) - round(len(entries) * ENTRIES_TAKEN_OUT), chance)
    )
    topics = interview.not_covered
    topic_count = 0 if chance.random() < NO_TOPICS else chance.randint(0, len(topics))
    everything: list[Entry | NotCovered] = [*entries, *topics]
    most = max((len(item.phrasings) for item in everything), default=FEWEST_PHRASINGS)
    phrasings = _between(FEWEST_PHRASINGS, most, chance)

    def fewer(item: T) -> T:
        return replace(item, phrasings=tuple(_part(item.phrasings, phrasings, chance)))

    sections = tuple(
        replace(
            section, entries=tuple(_without_gone(fewer(entry), kept) for entry in section.entries if entry.id in kept)
        )
        for section in interview.sections
    )
    return replace(
        interview,
        sections=tuple(section for section in sections if section.entries),
        not_covered=tuple(
            replace(fewer(topic), near=_kept(topic.near, kept)) for topic in _part(topics, topic_count, chance)
        ),
    )


def _without_gone(entry: Entry, kept: Collection[str]) -> Entry:
    return replace(entry, related=_kept(entry.related, kept))


def _kept(ids: Iterable[str], kept: Collection[str]) -> tuple[str, ...]:
    return tuple(id_ for id_ in ids if id_ in kept)


S = TypeVar("S")


def _part(items: Iterable[S], count: int, chance: random.Random) -> list[S]:
    """Return so many items, in their order; all where there are fewer."""
    everything = list(items)
    drawn = chance.sample(range(len(everything)), min(count, len(everything)))
    return [everything[at] for at in sorted(drawn)]


def _between(low: int, high: int, chance: random.Random) -> int:
    """Return a number of which twice as much is as likely: 4 to 8 as often as 8 to 16."""
    return low if high <= low else round(math.exp(chance.uniform(math.log(low), math.log(high))))
