"""Figures over judgements: shares by kind, and whether scores mean what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.evaluation.judge import Judgement

FAMILIES = {
    "natural": ("direct", "paraphrase", "keyword", "indirect"),
    "noisy": ("homophone", "typo", "pinyin", "traditional", "chatty", "mention", "fragment", "symbols"),
    "english and mixed": ("english", "english-keyword", "english-casual", "mixed"),
}
"""Kinds of questions that are counted together."""
_FAMILY_OF = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
_EDGES = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Figures:
    """How the questions of one kind fared; shares are in [0, 1]."""

    group: str
    """Name of the file, of the kind, or of the place in conversations."""
    count: int
    """How many questions there are."""
    answerable: bool
    """Whether the interview answers questions of this kind; otherwise only `wrong` has a meaning."""
    hit: float
    """Share whose first answer is right."""
    resolved: float
    """Share that is right or has a right suggestion."""
    wrong: float
    """Share that is answered, and wrongly: for the unanswerable, the false answers."""
    abstained: float
    """Share that was given no answer."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers and first suggestions whose score lies in one range."""

    low: float
    """Scores above this one belong here."""
    high: float
    """The highest score that belongs here."""
    count: int
    """How many replies there are."""
    predicted: float
    """Mean score."""
    observed: float
    """Share that was right."""


def figures(judgements: Iterable[Judgement]) -> list[Figures]:
    """Return the figures of each family of kinds, the unanswerable ones by kind, in the order in which they come."""
    groups: defaultdict[tuple[str, bool], list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        groups[_group(judgement)].append(judgement)
    return [_figures(group, members, answerable=answerable) for (group, answerable), members in groups.items()]


def _group(judgement: Judgement) -> tuple[str, bool]:
    question = judgement.question
    if question.conversation is not None:
        if not question.topics:
            return "unanswerable turns", False
        return ("follow-up turns" if question.turn else "opening turns"), True
    if not question.topics:
        return question.kind, False
    return (question.kind if len(question.topics) > 1 else _FAMILY_OF.get(question.kind, question.kind)), True


def _figures(group: str, judgements: Sequence[Judgement], *, answerable: bool) -> Figures:
    count = len(judgements)
    return Figures(
        group=group,
        count=count,
        answerable=answerable,
        hit=sum(judgement.hit for judgement in judgements) / count,
        resolved=sum(judgement.resolved for judgement in judgements) / count,
        wrong=sum(judgement.wrong for judgement in judgements) / count,
        abstained=sum(judgement.reply.status != "answered" for judgement in judgements) / count,
    )


def reliability(judgements: Iterable[Judgement]) -> list[ReliabilityBin]:
    """Compare the first score of each reply with how often that entry was right, in ranges of the score."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for judgement in judgements:
        first = (*judgement.reply.answers, *judgement.reply.suggestions)[:1]
        for scored in first:
            at = next(at for at, edge in enumerate(_EDGES[1:]) if scored.score <= edge)
            bins[at].append((scored.score, judgement.first_right))
    return [
        ReliabilityBin(
            low=_EDGES[at],
            high=_EDGES[at + 1],
            count=len(members),
            predicted=sum(score for score, _ in members) / len(members),
            observed=sum(right for _, right in members) / len(members),
        )
        for at, members in sorted(bins.items())
    ]
