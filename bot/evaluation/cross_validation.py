"""Questions in parts, each of which is asked of a knowledge that doesn't contain their phrasings.

A question that somebody has asked may have become a phrasing since. Asked again, it would be found word for word, and
teach nothing about the next one. Questions that were written together resemble each other, so they stay together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.evaluation.questions import EvaluationQuestion
from bot.knowledge import Entry, Interview, Knowledge, NotCovered
from bot.knowledge.verify import Normalise

PARTS = 4
"""More would hold back fewer phrasings at a time, and take longer."""
T = TypeVar("T", Entry, NotCovered)


def folds(questions: Iterable[EvaluationQuestion]) -> Sequence[Sequence[EvaluationQuestion]]:
    """Split questions into parts of about one size; those whose ids begin alike were written together."""
    written: defaultdict[str, list[EvaluationQuestion]] = defaultdict(list)
    for question in questions:
        written[question.id.partition("-")[0]].append(question)
    parts: list[list[EvaluationQuestion]] = [[] for _ in range(PARTS)]
    for together in sorted(written.values(), key=len, reverse=True):
        min(parts, key=len).extend(together)
    return [part for part in parts if part]


def without(knowledge: Knowledge, questions: Iterable[EvaluationQuestion], normalise: Normalise) -> Knowledge:
    """Return knowledge that doesn't contain the phrasings of questions, but for what entries are called."""
    held_back = frozenset(normalise(question.text) for question in questions)
    interviews = tuple(_interview(interview, held_back, normalise) for interview in knowledge.interviews)
    return replace(knowledge, interviews=interviews)


def _interview(interview: Interview, held_back: Collection[str], normalise: Normalise) -> Interview:
    def left(item: T) -> T:
        phrasings = tuple(phrasing for phrasing in item.phrasings if normalise(phrasing.text) not in held_back)
        return replace(item, phrasings=phrasings or item.phrasings)  # nothing can be found that nobody asks

    return replace(interview.with_entries(left), not_covered=tuple(map(left, interview.not_covered)))
