"""What the curated YAML files may contain, and how a violation is reported."""

from __future__ import annotations

import re
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import KnowledgeError, Problem
from bot.knowledge.curated_files import Document, NodePath

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Verbatim = Annotated[str, StringConstraints(min_length=1)]
_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Id = Annotated[str, StringConstraints(pattern=_ID, max_length=40)]


def is_id(text: str) -> bool:
    """Return whether a text has the form of an id."""
    return re.fullmatch(_ID, text) is not None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BilingualText(_File):
    """A text in Chinese and in English."""

    zh: Text
    en: Text


class QuoteItem(_File):
    """Words copied from the transcript."""

    text: Verbatim
    line: Annotated[int, Field(ge=1)] | None = None
    """First line of the quote; needed only where the same words appear twice."""


class EntryItem(_File):
    """One entry of a section file."""

    id: Id
    broad: bool = False
    question: BilingualText
    points: Annotated[tuple[BilingualText, ...], Field(min_length=1, max_length=6)]
    quotes: Annotated[tuple[QuoteItem, ...], Field(min_length=1, max_length=6)]
    related: tuple[Id, ...] = ()


class SectionFile(_File):
    """A section file, `NN-name.yaml`."""

    section: Id
    title: BilingualText
    entries: Annotated[tuple[EntryItem, ...], Field(min_length=1)]


class SpeakerItem(_File):
    """Somebody who speaks in the transcript."""

    id: Id
    name: BilingualText


class SpeechItem(_File):
    """Words that the transcript marks as somebody's own."""

    speaker: Id
    text: Verbatim
    line: Annotated[int, Field(ge=1)] | None = None


class InterviewFile(_File):
    """`interview.yaml`."""

    title: BilingualText
    source: BilingualText
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    sections: Annotated[tuple[Id, ...], Field(min_length=1)]
    speakers: Annotated[tuple[SpeakerItem, ...], Field(min_length=1)]
    """The first one is the narrator: whoever says what nobody else is marked as saying."""
    speech: tuple[SpeechItem, ...] = ()
    not_substance: tuple[Verbatim, ...] = ()
    """Whole transcript lines that say nothing (greetings, bare connectives) and need no entry."""


class NotCoveredItem(_File):
    """One thing that people ask and the interview doesn't answer."""

    id: Id
    about: BilingualText
    near: tuple[Id, ...] = ()


class NotCoveredFile(_File):
    """`not-covered.yaml`."""

    not_covered: Annotated[tuple[NotCoveredItem, ...], Field(min_length=1)]


class TermItem(_File):
    """One concept of the lexicon."""

    id: Id
    canonical: Text
    aliases: Annotated[tuple[Text, ...], Field(min_length=1)]
    names: bool = False


class LexiconFile(_File):
    """`lexicon.yaml`."""

    terms: Annotated[tuple[TermItem, ...], Field(min_length=1)]


FileT = TypeVar("FileT", bound=_File)


def parse(document: Document, schema: type[FileT]) -> FileT:
    """Validate a document; raise KnowledgeError with a problem for every breach, at its line."""
    try:
        return schema.model_validate(document.data)
    except ValidationError as error:
        details = (detail for detail in error.errors() if not _follows_from_another(detail))
        raise KnowledgeError([_problem(document, detail) for detail in details]) from None


def _follows_from_another(detail: ErrorDetails) -> bool:
    """Return whether a list is called too short only because its items are faulty, each of which is reported itself."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail.get("ctx", {})["min_length"]


def _problem(document: Document, detail: ErrorDetails) -> Problem:
    path: NodePath = tuple(detail["loc"])
    return document.problem(path, _message(detail))


_MESSAGES = {
    "missing": "the key '{key}' is missing; add it",
    "extra_forbidden": "unknown key '{key}'; correct its spelling or remove it",
    "string_too_short": "'{key}' is empty; write a text or remove it",
    "too_short": "'{key}' is empty; it needs at least {min_length}",
    "too_long": "'{key}' has {actual_length} items; at most {max_length} are allowed",
    "string_pattern_mismatch": "'{key}' is '{input}', which isn't of the form {pattern}; correct it",
    "tuple_type": "'{key}' must be a list; start each of its items with '- '",
    "model_type": "'{key}' must hold keys and values, not {kind}; indent them below it",
    "model_attributes_type": "'{key}' must hold keys and values, not {kind}; indent them below it",
    "string_type": "'{key}' must be a text, not {kind}; quote it",
}
_OTHER = "'{key}': {msg}; correct it"


def _message(detail: ErrorDetails) -> str:
    values = {
        **detail.get("ctx", {}),
        "key": str(detail["loc"][-1]) if detail["loc"] else "the file",
        "input": detail["input"],
        "kind": _kind(detail["input"]),
        "msg": detail["msg"],
    }
    return _MESSAGES.get(detail["type"], _OTHER).format_map(values)


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "keys and values"
    return "a list" if isinstance(value, list) else "a text"
