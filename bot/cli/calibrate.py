"""`eval --calibrate`: makes the weights of the matching from question files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bot import compose
from bot.builder import Builder
from bot.cache import Cache
from bot.cli.evaluation_tables import figure_tables, reliability_table
from bot.cli.question_sets import LoadedSet, QuestionSet, loaded
from bot.configuration import CONFIG, Settings
from bot.errors import UsageError
from bot.evaluation import FileFigures, Judgement, figures, reliability, transfer
from bot.evaluation.cross_validation import PARTS
from bot.evaluation.example_maker import Course, ExampleMaker, courses
from bot.evaluation.training_vectors import RememberedVectors
from bot.evaluation.transfer import Exam
from bot.evaluation.weight_making import WeightMaker, weight_maker
from bot.evaluation.weights_file import made_by, render
from bot.evaluation.workers import workers
from bot.matching.embeddings import CachedEmbedder, EmbeddingError

PROCESSES = 2
"""Processes that calibrating takes, where there are as many processors."""
QUESTIONS_ENOUGH = 1500
"""Questions that an interview's are made into, by asking them of thinned forms of its knowledge."""
MAX_THINNINGS = 5 * PARTS
_TRAINING = "training"
"""The folder within the data folder of what makes the next calibration quicker."""


def calibrate(sets: Sequence[QuestionSet], settings: Settings, thinnings: int | None = None) -> None:
    """Fit the models on the questions and write the weights."""
    files = made_by(" ".join(_shown(file) for one in sets for file in one.files))
    with loaded(sets, settings) as found, making(settings, _courses(found, thinnings), files) as maker:
        weights = maker.weights(maker.interviews, print)
    compose.WEIGHTS.write_text(render(weights), encoding="utf-8")


def leave_one_out(sets: Sequence[QuestionSet], settings: Settings, thinnings: int | None = None) -> None:
    """Print how each interview fares with weights that are trained on the others."""
    if len(sets) < 2:
        raise UsageError("to leave one interview out takes the questions of two or more; name more files or folders")
    with loaded(sets, settings) as found, making(settings, _courses(found, thinnings)) as maker:
        exams = [Exam(one.interview, one.folder, one.reporting) for one in found]
        judgements: list[Judgement] = []
        for result in transfer.leave_one_out(maker, exams, print):
            _print_tables(f"{result.exam.interview}, which the weights have not seen:", result.judgements)
            judgements += result.judgements
    _print_tables(f"all {len(sets)} interviews together:", judgements)


def _print_tables(title: str, judgements: Sequence[Judgement]) -> None:
    together = figures(judgements)
    tables = figure_tables([FileFigures(title, together)], together)
    print("\n".join(["", title, *tables, "", *reliability_table(reliability(judgements)), ""]))


def _courses(found: Sequence[LoadedSet], thinnings: int | None) -> Sequence[Course]:
    return [
        course
        for one in found
        for course in courses(
            one.interview,
            one.folder,
            one.training,
            thinnings_of(len(one.training)) if thinnings is None else thinnings,
        )
    ]


def thinnings_of(questions: int) -> int:
    """Return how many times a part of an interview's questions is asked of a thinned form: the more, the fewer."""
    return min(max(round(QUESTIONS_ENOUGH * PARTS / max(questions, 1)), 1), MAX_THINNINGS)


def _shown(file: Path) -> str:
    root = CONFIG.parent.resolve()
    absolute = file.resolve()
    return (absolute.relative_to(root) if absolute.is_relative_to(root) else file).as_posix()


@contextmanager
def making(settings: Settings, asked: Sequence[Course], files: str = "") -> Iterator[WeightMaker]:
    """Start the processes that make weights of courses; `files` says in the weights how they are made."""
    try:
        compose.embedding_model(settings)
    except EmbeddingError as error:
        raise UsageError(f"calibrating needs the meaning of texts; {error}") from None
    count = min(PROCESSES, os.cpu_count() or 1)
    with workers(count, partial(_example_maker, settings)) as processes:
        yield weight_maker(processes, asked, files)


def _example_maker(settings: Settings, process: int) -> ExampleMaker:
    folder = settings.data_dir / _TRAINING
    remembered = RememberedVectors(compose.embedding_model(settings), folder, process)
    return ExampleMaker(partial(_builder, settings, remembered), compose.normaliser(settings), remembered)


def _builder(settings: Settings, remembered: RememberedVectors, knowledge_dir: Path) -> Builder:
    folder = settings.data_dir / _TRAINING
    shipped = knowledge_dir / compose.SHIPPED_VECTORS
    embedder = CachedEmbedder(remembered, [shipped], folder / compose.SHIPPED_VECTORS)
    return Builder(compose.MATCHING, compose.normaliser(settings), Cache(folder), embedder)
