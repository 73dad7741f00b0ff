"""All weights of the matching, made of courses: the work is spread over processes, the result doesn't depend on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from bot.errors import UsageError
from bot.evaluation.example_maker import Course, ExampleMaker
from bot.evaluation.example_table import ExampleTable, joined
from bot.evaluation.skip_semantic import skip_semantic_from
from bot.evaluation.training import FOLDS, Trained, train, train_several
from bot.evaluation.workers import Workers, spread
from bot.matching.weights import MultiTopicModel, Weights

Pair: TypeAlias = tuple[ExampleTable, ExampleTable]
Report: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class WeightMaker:
    """Makes weights of courses, or of some interviews of them."""

    workers: Workers[ExampleMaker]
    """Make the examples, and train."""
    courses: Sequence[Course]
    """What to ask."""
    without_meaning: ExampleTable
    """Examples of messages by themselves, by their words alone."""
    with_meaning: ExampleTable
    """The same, by their meaning too."""

    @property
    def interviews(self) -> Sequence[str]:
        """The interviews that the questions are about."""
        return list(dict.fromkeys(course.interview for course in self.courses))

    def weights(self, interviews: Collection[str], report: Report) -> Weights:
        """Train on the questions about some interviews; `report` is told how each model fares."""
        lexical, semantic = _trained(
            self.workers,
            {
                "without meaning": self.without_meaning.of_interviews(interviews),
                "with meaning": self.with_meaning.of_interviews(interviews),
            },
            report,
        )
        alone = _alone(lexical, semantic)
        chosen = [course for course in self.courses if course.interview in interviews]
        in_conversation, several = _joined(_each(self.workers, chosen, partial(_examples_together, alone)))
        _must_teach("with several questions", several)
        (conversation,) = _trained(self.workers, {"in conversation": in_conversation}, report)
        return alone.model_copy(update={"in_conversation": conversation.model, "several": train_several(several)})


def weight_maker(workers: Workers[ExampleMaker], courses: Sequence[Course]) -> WeightMaker:
    """Make the examples of messages by themselves."""
    return WeightMaker(workers, courses, *_joined(_each(workers, courses, _examples_alone)))


def _each(
    workers: Workers[ExampleMaker], courses: Sequence[Course], make: Callable[[Course, ExampleMaker], Pair]
) -> Sequence[Pair]:
    processes = spread((course.size for course in courses), len(workers))
    running = [workers.run(process, partial(make, course)) for process, course in zip(processes, courses, strict=True)]
    return [future.result() for future in running]


def _examples_alone(course: Course, maker: ExampleMaker) -> Pair:
    return maker.alone(course)


def _examples_together(weights: Weights, course: Course, maker: ExampleMaker) -> Pair:
    return maker.together(course, weights)


def _joined(pairs: Iterable[Pair]) -> Pair:
    first, second = zip(*pairs, strict=True)
    return joined(first), joined(second)


def _trained(workers: Workers[ExampleMaker], tables: Mapping[str, ExampleTable], report: Report) -> Sequence[Trained]:
    for name, table in tables.items():
        _must_teach(name, table)
    running = [workers.run(process, partial(_train, table)) for process, table in enumerate(tables.values())]
    trained = [future.result() for future in running]
    for (name, table), made in zip(tables.items(), trained, strict=True):
        bands = made.model.bands
        report(
            f"{name}: {len(table.raw)} examples of {len(table.asked)} questions; "
            f"answer from {bands.answer}, suggest from {bands.suggest}, floor {bands.floor}; cross-validated: "
            f"cost {made.cost:.3f}, log loss {made.log_loss:.3f}, calibration error {made.calibration_error:.3f}"
        )
    return trained


def _must_teach(name: str, table: ExampleTable) -> None:
    if not table.right.any() or table.right.all() or len(table.asked) < FOLDS:
        raise UsageError(
            f"the questions teach nothing about messages {name}: they need some of which an entry is the answer and "
            "some of which it isn't; add questions, conversations and messages with several questions to the files"
        )


def _train(table: ExampleTable, _: ExampleMaker) -> Trained:
    return train(table)


def _alone(lexical: Trained, semantic: Trained) -> Weights:
    """Return the weights for messages by themselves, which read nothing of the other two models."""
    answer = semantic.model.bands.answer
    return Weights(
        with_meaning=semantic.model,
        without_meaning=lexical.model,
        in_conversation=semantic.model,
        several=MultiTopicModel(logistic=semantic.model.logistic, least=1.0),
        skip_semantic_from=skip_semantic_from(lexical.best, semantic.best, answer),
    )
