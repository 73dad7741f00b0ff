"""Knowledge as it might be with less curating: fewer phrasings, fewer not-covered topics, a third of the entries gone.

How likely an answer is depends on how densely a folder is curated. Weights that are trained on one density believe
too much or too little on every other.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.evaluation.judge import is_right
from bot.evaluation.questions import EvaluationQuestion
from bot.knowledge import Entry, Interview, Knowledge, NotCovered

FEWEST_PHRASINGS = 4
"""Phrasings that an item keeps at least, where it has as many."""
ENTRIES_TAKEN_OUT = 1 / 3
NO_TOPICS = 1 / 4
"""Share of thinnings without any not-covered topic; in the others every number of them is as likely."""
GONE = "near"
"""Kind of a question whose answer has been taken out: about the interview, and not answered there."""
S = TypeVar("S")
T = TypeVar("T", Entry, NotCovered)


@dataclass(frozen=True, slots=True)
class Density:
    """How much of an interview's curation there is."""

    entries: float
    """Share of the entries."""
    topics: float
    """Share of the not-covered topics."""
    phrasings: int
    """Phrasings of an entry or a topic at most, beside an entry's question itself."""


def thinned(knowledge: Knowledge, seed: str) -> Knowledge:
    """Return a part of a knowledge, drawn at random; the same seed draws the same part."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    return replace(
        knowledge,
        interviews=tuple(
            at_density(interview, _any_density(interview, chance), chance) for interview in knowledge.interviews
        ),
    )


def at_density(interview: Interview, density: Density, chance: random.Random) -> Interview:
    """Return a part of an interview's curation; which one is drawn."""
    entries = list(interview.entries())
    kept = frozenset(entry.id for entry in _drawn(entries, round(len(entries) * density.entries), chance))
    sections = tuple(
        replace(
            section,
            entries=tuple(
                replace(_fewer(entry, density, chance), related=tuple(filter(kept.__contains__, entry.related)))
                for entry in section.entries
                if entry.id in kept
            ),
        )
        for section in interview.sections
    )
    topics = _drawn(interview.not_covered, round(len(interview.not_covered) * density.topics), chance)
    return replace(
        interview,
        sections=tuple(section for section in sections if section.entries),
        not_covered=tuple(
            replace(_fewer(topic, density, chance), near=tuple(filter(kept.__contains__, topic.near)))
            for topic in topics
        ),
    )


def still_answered(questions: Iterable[EvaluationQuestion], knowledge: Knowledge) -> Iterator[EvaluationQuestion]:
    """Yield questions with the topics alone that some entry answers; one that loses all asks for what isn't there."""
    entries = tuple(knowledge.by_key.values())
    for question in questions:
        topics = tuple(topic for topic in question.topics if any(is_right(entry, topic) for entry in entries))
        yield replace(question, topics=topics, kind=question.kind if topics or not question.topics else GONE)


def _any_density(interview: Interview, chance: random.Random) -> Density:
    """Draw a density; that items have 4 to 8 phrasings is as likely as that they have 8 to 16."""
    items: list[Entry | NotCovered] = [*interview.entries(), *interview.not_covered]
    most = max((len(item.phrasings) for item in items), default=0)
    few, many = math.log(FEWEST_PHRASINGS), math.log(max(most, FEWEST_PHRASINGS))
    return Density(
        entries=1 - ENTRIES_TAKEN_OUT,
        topics=0.0 if chance.random() < NO_TOPICS else chance.random(),
        phrasings=round(math.exp(chance.uniform(few, many))),
    )


def _fewer(item: T, density: Density, chance: random.Random) -> T:
    return replace(item, phrasings=tuple(_drawn(item.phrasings, density.phrasings, chance)))


def _drawn(items: Sequence[S], count: int, chance: random.Random) -> list[S]:
    """Return so many items, in their order; all where there are fewer."""
    places = chance.sample(range(len(items)), min(count, len(items)))
    return [items[at] for at in sorted(places)]
