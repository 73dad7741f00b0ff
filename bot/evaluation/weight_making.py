"""All weights of the matching, made of courses: the work is spread over processes, the result doesn't depend on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from bot.errors import UsageError
from bot.evaluation.example_maker import Course, ExampleMaker
from bot.evaluation.example_table import ExampleTable, joined
from bot.evaluation.skip_model import share_used, skip_model
from bot.evaluation.training import FOLDS, Trained, train, train_several
from bot.evaluation.workers import Workers, spread
from bot.matching.weights import LogisticModel, MultiTopicModel, Weights

Pair: TypeAlias = tuple[ExampleTable, ExampleTable]
Report: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class WeightMaker:
    """Makes weights of courses, or of some interviews of them."""

    workers: Workers[ExampleMaker]
    """Make the examples, and train."""
    courses: Sequence[Course]
    """What to ask."""
    made_by: str
    """Says in the weights how they are made."""
    without_model: ExampleTable
    """Examples of messages by themselves, without the sentence model."""
    with_model: ExampleTable
    """The same, with it."""

    @property
    def interviews(self) -> Sequence[str]:
        """The interviews that the questions are about."""
        return list(dict.fromkeys(course.interview for course in self.courses))

    def weights(self, interviews: Collection[str], report: Report) -> Weights:
        """Train on the questions about some interviews; `report` is told how each model fares."""
        without, with_model = _trained(
            self.workers,
            {
                "without the sentence model": self.without_model.of_interviews(interviews),
                "with it": self.with_model.of_interviews(interviews),
            },
            report,
        )
        alone = _alone(without, with_model, self.made_by)
        report(
            f"the sentence model is used from {alone.skip_model_below} up to {alone.skip_model_above}: "
            f"in {share_used(without, alone):.0%} of the expected traffic"
        )
        chosen = [course for course in self.courses if course.interview in interviews]
        in_conversation, several = _joined(_each(self.workers, chosen, partial(_examples_together, alone)))
        _must_teach("with several questions", several)
        (conversation,) = _trained(self.workers, {"in conversation": in_conversation}, report)
        return alone.model_copy(update={"in_conversation": conversation.model, "several": train_several(several)})


def weight_maker(workers: Workers[ExampleMaker], courses: Sequence[Course], made_by: str) -> WeightMaker:
    """Make the examples of messages by themselves."""
    return WeightMaker(workers, courses, made_by, *_joined(_each(workers, courses, _examples_alone)))


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
    if not table.right.any() or table.right.all() or table.different < FOLDS:
        raise UsageError(
            f"the questions teach nothing about messages {name}: they need some of which an entry is the answer and "
            "some of which it isn't; add questions, conversations and messages with several questions to the files"
        )


def _train(table: ExampleTable, _: ExampleMaker) -> Trained:
    return train(table)


def _alone(without: Trained, with_model: Trained, made_by: str) -> Weights:
    """Return the weights for messages by themselves, which read nothing of the other two models."""
    below, above = skip_model(without, with_model)
    return Weights(
        made_by=made_by,
        with_model=with_model.model,
        without_model=without.model,
        in_conversation=with_model.model,
        several=MultiTopicModel(logistic=LogisticModel(intercept=0.0, features={}), least=1.0),
        skip_model_below=below,
        skip_model_above=above,
    )
