"""Question files: what people ask, and where in the transcript the answer is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import KnowledgeError, Problem, QuestionFileError
from bot.knowledge.curated_files import read_text

Range = Annotated[tuple[int, int], Field()]
Ranges = tuple[Range, ...]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Line):
    """One message of a conversation."""

    q: str
    gold: Ranges


class Item(_Line):
    """One line of a question file: a question, or a conversation."""

    id: str
    q: str | None = None
    gold: Ranges = ()
    gold_topics: tuple[Ranges, ...] = ()
    turns: tuple[Turn, ...] = ()
    kind: str = "dialogue"


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """One message to be judged."""

    id: str
    """Id of the question; of a turn, with its 1-based number."""
    file: str
    """Name of the file it comes from, without its ending."""
    kind: str
    """Kind as the file names it."""
    text: str
    """The message as typed."""
    topics: tuple[Ranges, ...]
    """Line ranges of each topic that a right answer quotes from; empty: the interview doesn't answer it."""
    conversation: str | None
    """Conversation that it belongs to; messages of one come in order."""
    turn: int
    """0-based place in its conversation."""


def read_questions(path: Path) -> list[EvaluationQuestion]:
    """Read a question file; raise QuestionFileError with every line that is malformed."""
    problems: list[Problem] = []
    questions: list[EvaluationQuestion] = []
    try:
        text = read_text(path, path.as_posix())
    except KnowledgeError as error:
        raise QuestionFileError(error.problems) from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            questions.extend(_messages(Item.model_validate(json.loads(line)), path.stem))
        except (ValidationError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            problems.append(Problem(path.as_posix(), number, f"isn't a question ({reason}); see knowledge/README.md"))
    if problems:
        raise QuestionFileError(problems)
    return questions


def _messages(item: Item, file: str) -> Iterator[EvaluationQuestion]:
    if (item.q is None) == (not item.turns):
        raise ValueError("it needs either 'q' or 'turns'")
    if item.q is not None:
        topics = item.gold_topics or ((item.gold,) if item.gold else ())
        yield EvaluationQuestion(item.id, file, item.kind, item.q, topics, None, 0)
    for number, turn in enumerate(item.turns):
        topics = (turn.gold,) if turn.gold else ()
        yield EvaluationQuestion(f"{item.id}.{number + 1}", file, item.kind, turn.q, topics, item.id, number)
