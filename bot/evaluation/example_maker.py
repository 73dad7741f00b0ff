"""Examples of questions that are asked of several forms of their knowledge: as it is, and thinned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from bot.builder import Builder
from bot.evaluation.cross_validation import PARTS, folds, without
from bot.evaluation.example_table import ExampleTable, as_table, joined
from bot.evaluation.examples import Example, of_changes, of_conversations, of_messages, of_questions
from bot.evaluation.questions import EvaluationQuestion
from bot.evaluation.thinning import still_answered, thinned
from bot.evaluation.training_vectors import RememberedVectors
from bot.knowledge.verify import Normalise
from bot.matching.matcher import Matcher
from bot.matching.weights import Weights

WHOLE = "whole"
"""The form of a knowledge from which nothing is taken out but the phrasings that are asked."""
_FORMS_FOR_SEVERAL = 2
"""Forms of a knowledge of which messages with several questions are asked: each is ranked in many pieces, and what
tells them apart are a few features of scores, which learn little from more."""


@dataclass(frozen=True)
class Course:
    """Questions, the knowledge that they are asked of, and in how many forms."""

    interview: str
    """Name of the interview that the questions are about."""
    folder: Path
    """The knowledge folder."""
    part: int
    """Number among the parts of the interview's questions (see `cross_validation`)."""
    questions: tuple[EvaluationQuestion, ...]
    """The questions, conversations in order."""
    thinnings: int
    """Forms beside the whole one."""

    @property
    def size(self) -> int:
        """How much work it is."""
        return len(self.questions) * (1 + self.thinnings)


def courses(interview: str, folder: Path, questions: Iterable[EvaluationQuestion], thinnings: int) -> Sequence[Course]:
    """Split the questions about an interview into parts that are asked of a knowledge without their phrasings.

    `thinnings` is spread over the parts: where there are fewer than parts, only the first ones are thinned.
    """
    return [
        Course(interview, folder, number, tuple(part), len(range(number, thinnings, PARTS)))
        for number, part in enumerate(folds(questions))
    ]


@dataclass
class ExampleMaker:
    """Makes examples, and keeps the engines for the next kind of them."""

    builder: Callable[[Path], Builder]
    """Returns what builds the engines of a knowledge folder."""
    normalise: Normalise
    """The matcher's form of a text."""
    remembered: RememberedVectors
    """Where the builders' vectors come from; written after each kind of examples."""
    _builders: dict[Path, Builder] = field(default_factory=dict)
    _forms: dict[tuple[str, int], Sequence[_Form]] = field(default_factory=dict)

    def alone(self, course: Course) -> tuple[ExampleTable, ExampleTable]:
        """Return the examples of messages by themselves: without the sentence model, and with it."""
        without, with_model = zip(*(form.alone() for form in self._forms_of(course)), strict=True)
        tables = joined(without), joined(with_model)
        self.remembered.write()
        return tables

    def together(self, course: Course, weights: Weights) -> tuple[ExampleTable, ExampleTable]:
        """Return the examples of messages in a conversation, and of messages that ask about several topics.

        How much a message says by itself is told by `weights`.
        """
        forms = [form.weighed_by(weights) for form in self._forms_of(course)]
        several = joined([form.several() for form in forms[:_FORMS_FOR_SEVERAL]])
        tables = joined([form.in_conversation() for form in forms]), several
        self.remembered.write()
        return tables

    def _forms_of(self, course: Course) -> Sequence[_Form]:
        key = (course.interview, course.part)
        if key not in self._forms:
            self._forms[key] = list(self._make_forms(course))
        return self._forms[key]

    def _make_forms(self, course: Course) -> Iterable[_Form]:
        builder = self._builders.setdefault(course.folder, self.builder(course.folder))
        knowledge = without(builder.read(course.folder), course.questions, self.normalise)
        yield _Form(course.interview, WHOLE, builder.from_snapshot(knowledge), course.questions)
        for number in range(1, 1 + course.thinnings):
            name = f"thinned {number}"
            thin = thinned(knowledge, f"{course.interview} {course.part} {name}")
            questions = tuple(still_answered(course.questions, thin))
            yield _Form(course.interview, name, builder.from_snapshot(thin), questions)


@dataclass(frozen=True)
class _Form:
    """One form of a knowledge, and what is asked of it."""

    interview: str
    name: str
    matcher: Matcher
    questions: tuple[EvaluationQuestion, ...]

    def weighed_by(self, weights: Weights) -> _Form:
        engine = replace(self.matcher.engine, weights=weights)
        return replace(self, matcher=replace(self.matcher, engine=engine))

    def alone(self) -> tuple[ExampleTable, ExampleTable]:
        found: tuple[list[Example], list[Example]] = ([], [])
        for example, with_model in of_questions(self.matcher.engine, self.questions):
            found[with_model].append(example)
        return self.table(found[False]), self.table(found[True])

    def in_conversation(self) -> ExampleTable:
        engine = self.matcher.engine
        return self.table(chain(of_conversations(engine, self.questions), of_changes(engine, self.questions)))

    def several(self) -> ExampleTable:
        return self.table(of_messages(self.matcher.engine, self.questions, dialogue=self.matcher.dialogue))

    def table(self, examples: Iterable[Example]) -> ExampleTable:
        return as_table(examples, self.interview, self.name)
