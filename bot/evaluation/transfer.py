"""How well weights serve an interview that they weren't trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bot.answers.assistant import Assistant, ExtendedMatcher
from bot.evaluation.ask_all import ask_all
from bot.evaluation.example_maker import ExampleMaker
from bot.evaluation.judge import Judgement
from bot.evaluation.questions import EvaluationQuestion
from bot.evaluation.thinning import still_answered
from bot.evaluation.weight_making import WeightMaker
from bot.knowledge import Knowledge
from bot.knowledge.overlay import ApprovedPhrasing
from bot.matching.matcher import Matcher
from bot.matching.weights import Weights


@dataclass(frozen=True)
class Exam:
    """Questions that report, and the knowledge that they are asked of."""

    interview: str
    """Name of the interview that the questions are about."""
    folder: Path
    """The knowledge folder."""
    questions: tuple[EvaluationQuestion, ...]
    """The questions, conversations in order."""


@dataclass(frozen=True)
class Result:
    """How an interview fared with weights that were trained on others."""

    exam: Exam
    """What was asked."""
    weights: Weights
    """What it was answered with."""
    judgements: Sequence[Judgement]
    """How every message fared."""


def leave_one_out(maker: WeightMaker, exams: Sequence[Exam], report: Callable[[str], None]) -> Iterator[Result]:
    """Train for each exam on the questions about all other interviews, and ask its own."""
    for exam in exams:
        report(f"without {exam.interview}:")
        weights = maker.weights([interview for interview in maker.interviews if interview != exam.interview], report)
        yield Result(exam, weights, examine(maker, [exam], weights)[0])


def examine(
    maker: WeightMaker,
    exams: Sequence[Exam],
    weights: Weights | None = None,
    change: Callable[[Knowledge], Knowledge] | None = None,
) -> Sequence[Sequence[Judgement]]:
    """Ask the questions of each exam, beside each other; the shipped weights answer where no others are given.

    `change` is applied to each knowledge first; questions whose answer it takes out count as not answered there.
    """
    running = [
        maker.workers.run(process, partial(_judged, exam, weights, change)) for process, exam in enumerate(exams)
    ]
    return [future.result() for future in running]


class _Ready:
    """A matcher that is built already, as an assistant's builder."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def read(self, _: Path) -> Knowledge:
        return self._matcher.knowledge

    def with_approved(self, _: Knowledge, __: Sequence[ApprovedPhrasing]) -> ExtendedMatcher:
        return ExtendedMatcher(self._matcher)


def _judged(
    exam: Exam, weights: Weights | None, change: Callable[[Knowledge], Knowledge] | None, maker: ExampleMaker
) -> Sequence[Judgement]:
    matcher = maker.builder(exam.folder).from_folder(exam.folder)
    questions = exam.questions
    if change is not None:
        matcher = maker.builder(exam.folder).from_snapshot(change(matcher.knowledge))
        questions = tuple(still_answered(questions, matcher.knowledge))
    if weights is not None:
        matcher = replace(matcher, engine=replace(matcher.engine, weights=weights))
    judgements = list(ask_all(Assistant(_Ready(matcher), exam.folder), questions))
    maker.remembered.write()
    return judgements
