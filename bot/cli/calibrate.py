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
from bot.configuration import Settings
from bot.errors import UsageError
from bot.evaluation import EvaluationQuestion
from bot.evaluation.example_maker import Course, ExampleMaker, courses
from bot.evaluation.remembered_texts import RememberedTexts
from bot.evaluation.weight_making import WeightMaker, weight_maker
from bot.evaluation.weights_file import render
from bot.evaluation.workers import workers
from bot.matching.embeddings import CachedEmbedder, EmbeddingError

PROCESSES = 2
"""Processes that calibrating takes, where there are as many processors."""
_TRAINING = "training"
"""The folder within the data folder of what makes the next calibration quicker."""


def calibrate(questions: Sequence[EvaluationQuestion], files: Sequence[Path], settings: Settings) -> None:
    """Fit the models on the questions and write the weights."""
    folder = settings.knowledge_dir
    with making(settings, courses(folder.name, folder, questions, 0)) as maker:
        weights = maker.weights(maker.interviews, print)
    compose.WEIGHTS.write_text(render(weights, " ".join(file.as_posix() for file in files)), encoding="utf-8")
    print(f"{compose.WEIGHTS}: meaning is not computed from the lexical score {weights.skip_semantic_from} on")


@contextmanager
def making(settings: Settings, asked: Sequence[Course]) -> Iterator[WeightMaker]:
    """Start the processes that make weights of courses."""
    try:
        compose.embedding_model(settings)
    except EmbeddingError as error:
        raise UsageError(f"calibrating needs the meaning of texts; {error}") from None
    count = min(PROCESSES, os.cpu_count() or 1)
    with workers(count, partial(_example_maker, settings)) as processes:
        yield weight_maker(processes, asked)


def _example_maker(settings: Settings, process: int) -> ExampleMaker:
    folder = settings.data_dir / _TRAINING
    remembered = RememberedTexts(compose.embedding_model(settings), folder, process)
    return ExampleMaker(partial(_builder, settings, remembered), compose.normaliser(settings), remembered)


def _builder(settings: Settings, remembered: RememberedTexts, knowledge_dir: Path) -> Builder:
    folder = settings.data_dir / _TRAINING
    shipped = knowledge_dir / compose.SHIPPED_VECTORS
    embedder = CachedEmbedder(remembered, [shipped], folder / compose.SHIPPED_VECTORS)
    return Builder(compose.MATCHING, compose.normaliser(settings), Cache(folder), embedder)
