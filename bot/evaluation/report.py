"""Figures over verdicts: shares by kind, and whether scores mean what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.evaluation.judge import Verdict

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


def figures(verdicts: Iterable[Verdict]) -> list[Figures]:
    """Return the figures of each family of kinds, the unanswerable ones by kind, in the order in which they come."""
    groups: defaultdict[tuple[str, bool], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[_group(verdict)].append(verdict)
    return [_figures(group, members, answerable=answerable) for (group, answerable), members in groups.items()]


def _group(verdict: Verdict) -> tuple[str, bool]:
    asked = verdict.asked
    if asked.conversation is not None:
        if not asked.topics:
            return "unanswerable turns", False
        return ("follow-up turns" if asked.turn else "opening turns"), True
    if not asked.topics:
        return asked.kind, False
    return (asked.kind if len(asked.topics) > 1 else _FAMILY_OF.get(asked.kind, asked.kind)), True


def _figures(group: str, verdicts: Sequence[Verdict], *, answerable: bool) -> Figures:
    count = len(verdicts)
    return Figures(
        group=group,
        count=count,
        answerable=answerable,
        hit=sum(verdict.hit for verdict in verdicts) / count,
        resolved=sum(verdict.resolved for verdict in verdicts) / count,
        wrong=sum(verdict.wrong for verdict in verdicts) / count,
        abstained=sum(verdict.reply.status != "answered" for verdict in verdicts) / count,
    )


def reliability(verdicts: Iterable[Verdict]) -> list[ReliabilityBin]:
    """Compare the first score of each reply with how often that entry was right, in ranges of the score."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for verdict in verdicts:
        first = (*verdict.reply.answers, *verdict.reply.suggestions)[:1]
        for scored in first:
            at = next(at for at, edge in enumerate(_EDGES[1:]) if scored.score <= edge)
            bins[at].append((scored.score, verdict.first_right))
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
