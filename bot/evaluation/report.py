"""Figures over judgements: shares by kind, and whether scores mean what they say."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.evaluation.judge import Judgement, Verdict

FAMILIES = {
    "natural": ("direct", "paraphrase", "keyword", "indirect"),
    "noisy": ("homophone", "typo", "pinyin", "traditional", "chatty", "mention", "fragment", "symbols"),
    "english and mixed": ("english", "english-keyword", "english-casual", "mixed"),
}
"""Kinds of questions that are counted together."""
_FAMILY_OF = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of some questions fared how, by one measure; shares are in [0, 1]."""

    count: int
    """How many questions there are that can be measured so."""
    hit: float
    """Share whose first answer is right."""
    resolved: float
    """Share that is right or has a right suggestion."""
    wrong: float
    """Share that is answered, and wrongly: for the unanswerable, the false answers."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How the questions of one kind fared."""

    group: str
    """Name of the family of kinds, of the kind, or of the place in conversations."""
    answerable: bool
    """Whether the interview answers questions of this kind; otherwise only `wrong` has a meaning."""
    strict: Shares
    """By the entries that a reader accepts as the answer."""
    by_lines: Shares | None
    """By the lines that an answer quotes, as far as the files name any; None where they name none."""
    abstained: float
    """Share that was given no answer, in [0, 1]."""
    kinds: tuple[Figures, ...] = ()
    """The kinds that are counted together here, where there are several."""


@dataclass(frozen=True, slots=True)
class FileFigures:
    """How the questions of one file fared."""

    file: str
    """Path of the file."""
    figures: Sequence[Figures]
    """As `figures` returns them."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers and first suggestions whose score lies in one range."""

    low: float
    """Scores above this one belong here, and 0 in the lowest."""
    high: float
    """The highest score that belongs here."""
    count: int
    """How many replies there are."""
    predicted: float
    """Mean score."""
    observed: float
    """Share that was right, strictly."""


_Group: TypeAlias = tuple[str, bool]
"""Name, and whether the interview answers such questions."""


def figures(judgements: Iterable[Judgement]) -> list[Figures]:
    """Return the figures of each family of kinds, the unanswerable ones by kind, in the order in which they come."""
    return [_figures(group, members, _kinds(members)) for group, members in _grouped(judgements, _family)]


def by_file(judgements: Iterable[Judgement]) -> list[FileFigures]:
    """Return the figures of each file, in the order in which the files come."""
    files: defaultdict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        files[judgement.question.file].append(judgement)
    return [FileFigures(file, figures(members)) for file, members in files.items()]


def _grouped(
    judgements: Iterable[Judgement], group_of: Callable[[Judgement], _Group]
) -> Iterable[tuple[_Group, Sequence[Judgement]]]:
    groups: defaultdict[_Group, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        groups[group_of(judgement)].append(judgement)
    return groups.items()


def _family(judgement: Judgement) -> _Group:
    question = judgement.question
    if question.conversation is not None:
        if not question.topics:
            return "unanswerable turns", False
        return ("follow-up turns" if question.turn else "opening turns"), True
    if not question.topics:
        return question.kind, False
    return (question.kind if len(question.topics) > 1 else _FAMILY_OF.get(question.kind, question.kind)), True


def _kinds(judgements: Iterable[Judgement]) -> tuple[Figures, ...]:
    """Return the figures of each kind; nothing where there is only one."""
    kinds = list(_grouped(judgements, lambda judgement: (judgement.question.kind, bool(judgement.question.topics))))
    return tuple(_figures(kind, members) for kind, members in kinds) if len(kinds) > 1 else ()


def _figures(group: _Group, judgements: Sequence[Judgement], kinds: tuple[Figures, ...] = ()) -> Figures:
    name, answerable = group
    by_lines = [judgement.by_lines for judgement in judgements if judgement.by_lines is not None]
    return Figures(
        group=name,
        answerable=answerable,
        strict=_shares([judgement.strict for judgement in judgements]),
        by_lines=_shares(by_lines) if by_lines else None,
        abstained=sum(judgement.reply.status != "answered" for judgement in judgements) / len(judgements),
        kinds=kinds,
    )


def _shares(verdicts: Sequence[Verdict]) -> Shares:
    count = len(verdicts)
    return Shares(
        count=count,
        hit=sum(verdict.hit for verdict in verdicts) / count,
        resolved=sum(verdict.resolved for verdict in verdicts) / count,
        wrong=sum(verdict.wrong for verdict in verdicts) / count,
    )


def reliability(judgements: Iterable[Judgement]) -> list[ReliabilityBin]:
    """Compare the first score of each reply with how often that entry was right, strictly, by tenths of the score."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for judgement in judgements:
        first = (*judgement.reply.answers, *judgement.reply.suggestions)[:1]
        for scored in first:
            at = max(math.ceil(scored.score * _TENTHS), 1)
            bins[at].append((scored.score, judgement.strict.first_right))
    return [
        ReliabilityBin(
            low=(at - 1) / _TENTHS,
            high=at / _TENTHS,
            count=len(members),
            predicted=sum(score for score, _ in members) / len(members),
            observed=sum(right for _, right in members) / len(members),
        )
        for at, members in sorted(bins.items())
    ]
