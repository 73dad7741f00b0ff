"""Question files: what people ask, and which entries or which lines of the transcript answer it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import KnowledgeError, Problem, QuestionFileError
from bot.knowledge.curated_files import read_text

Range = Annotated[tuple[int, int], Field()]
Ranges = tuple[Range, ...]
EntryIds = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that was asked about, and what answers it: entries, lines, or both."""

    gold: Ranges = ()
    """Lines of the transcript, any of which a right answer quotes from; empty where the file names none."""
    entries: EntryIds = ()
    """Ids of the entries that a reader accepts as the answer, the best first; empty where the file names none."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Answered(_Line):
    """A message, and what answers it; both empty where the interview doesn't answer it."""

    gold: Ranges = ()
    entries: EntryIds = ()

    @model_validator(mode="after")
    def _agree(self) -> _Answered:
        if {"gold", "entries"} <= self.model_fields_set and bool(self.gold) != bool(self.entries):
            raise ValueError("'gold' and 'entries' disagree about whether the interview answers it")
        return self


class Turn(_Answered):
    """One message of a conversation."""

    q: str

    @model_validator(mode="after")
    def _labelled(self) -> Turn:
        if not {"gold", "entries"} & self.model_fields_set:
            raise ValueError("a turn needs 'gold' or 'entries'")
        return self


class Item(_Answered):
    """One line of a question file: a question, or a conversation."""

    id: str
    q: str | None = None
    gold_topics: tuple[Ranges, ...] = ()
    topics: tuple[EntryIds, ...] = ()
    turns: tuple[Turn, ...] = ()
    kind: str = "dialogue"

    @model_validator(mode="after")
    def _one_form(self) -> Item:
        if (self.q is None) == (not self.turns):
            raise ValueError("it needs either 'q' or 'turns'")
        answered = {"gold", "entries"} & self.model_fields_set
        several = {"gold_topics", "topics"} & self.model_fields_set
        if several and answered:
            raise ValueError(f"it has both '{min(answered)}' and '{min(several)}'")
        if self.turns and (several or answered):
            raise ValueError(f"'{min(several | answered)}' belongs into its turns")
        if len(several) > 1 and len(self.gold_topics) != len(self.topics):
            raise ValueError("'gold_topics' and 'topics' are of different length")
        return self


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """One message to be judged."""

    id: str
    """Id of the question; of a turn, with its 1-based number."""
    file: str
    """Path of the file that it comes from, as that was named."""
    kind: str
    """Kind as the file names it."""
    text: str
    """The message as typed."""
    topics: tuple[Topic, ...]
    """What it asks about; empty: the interview doesn't answer it."""
    conversation: str | None
    """Conversation that it belongs to; messages of one come in order."""
    turn: int
    """0-based place in its conversation."""


def read_questions(path: Path, known: Collection[str] | None = None) -> list[EvaluationQuestion]:
    """Read a question file; raise QuestionFileError with every line that is malformed.

    Where the ids of the entries are `known`, a line that names another entry is one of them.
    """
    problems: list[Problem] = []
    questions: list[EvaluationQuestion] = []
    file = path.as_posix()
    try:
        text = read_text(path, file)
    except KnowledgeError as error:
        raise QuestionFileError(error.problems) from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            messages = list(_messages(Item.model_validate(json.loads(line)), file))
        except (ValidationError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            problems.append(Problem(file, number, f"isn't a question ({reason}); see knowledge/README.md"))
            continue
        questions.extend(messages)
        problems.extend(Problem(file, number, fault) for fault in _unknown(messages, known))
    if problems:
        raise QuestionFileError(problems)
    return questions


def _messages(item: Item, file: str) -> Iterator[EvaluationQuestion]:
    if item.q is not None:
        yield EvaluationQuestion(item.id, file, item.kind, item.q, _topics(item), None, 0)
    for number, turn in enumerate(item.turns):
        topics = _topic(turn)
        yield EvaluationQuestion(f"{item.id}.{number + 1}", file, item.kind, turn.q, topics, item.id, number)


def _topics(item: Item) -> tuple[Topic, ...]:
    """Return what a question asks about; one that asks about several things names lines, entries or both for each."""
    count = len(item.gold_topics or item.topics)
    if not count:
        return _topic(item)
    return tuple(map(Topic, item.gold_topics or ((),) * count, item.topics or ((),) * count))


def _topic(answered: _Answered) -> tuple[Topic, ...]:
    return (Topic(answered.gold, answered.entries),) if answered.gold or answered.entries else ()


def _unknown(messages: Collection[EvaluationQuestion], known: Collection[str] | None) -> Iterator[str]:
    """Yield what is wrong with each entry that doesn't exist."""
    named = dict.fromkeys(entry for message in messages for topic in message.topics for entry in topic.entries)
    for entry in named:
        if known is not None and entry not in known:
            yield f"there is no entry {entry}; python -m bot knowledge show lists them all"
