"""Reading curated YAML: plain data that remembers its lines, every scalar the text that was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.errors import KnowledgeError, Problem
from bot.knowledge.curated_files import Document, NodePath, read_text
from bot.knowledge.yaml_slips import begins_oddly, slips, wrong_colon

LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser: the one written in C where it is there."""

_DEEPEST = 20
"""Levels of nesting; curated files need eight."""
_PLAIN_KEYS = frozenset(
    {"broad", "date", "id", "line", "names", "near", "related", "section", "sections", "speaker", "speakers"}
)
"""Keys whose values are no texts: after those a comment hides nothing."""
_NOTICED_WITHIN = 10
"""Lines within which the parser notices a slip."""
_COMMENT = re.compile(r"[ \t]+#")


def read_yaml(path: Path, name: str) -> Document:
    """Parse a YAML file; raise KnowledgeError for bad encoding, tabs, bad syntax, or a key that appears twice."""
    return parse_yaml(read_text(path, name), name)


def parse_yaml(text: str, name: str) -> Document:
    """Parse a YAML text; `name` is its file, as shown in problems. Raises KnowledgeError."""
    lines = text.split("\n")
    if tabs := [number for number, line in enumerate(lines, 1) if "\t" in line[: len(line) - len(line.lstrip())]]:
        raise KnowledgeError([Problem(name, line, "is indented with a tab; indent with two spaces") for line in tabs])
    reading = _Reading(name, lines, _events(text, name))
    data = reading.document()
    if reading.problems:
        raise KnowledgeError(reading.problems)
    return Document(name, data, reading.lines, tuple(reading.warnings))


def _events(text: str, name: str) -> Iterator[yaml.Event]:
    """Return the parser's events from the first node on; raise KnowledgeError where the text isn't YAML."""
    try:
        events = list(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        raise KnowledgeError(_syntax(text, name, error)) from None
    except yaml.reader.ReaderError as error:
        # the error's position counts bytes or characters, depending on the loader
        line = text.count("\n", 0, text.index(chr(error.character))) + 1
        message = f"holds the character U+{error.character:04X}, which YAML forbids; remove it"
        raise KnowledgeError([Problem(name, line, message)]) from None
    starts = [event for event in events if isinstance(event, yaml.DocumentStartEvent)]
    if not starts:
        raise KnowledgeError([Problem(name, 1, "is empty; fill it in or delete the file")])
    if len(starts) > 1:
        message = "holds a second document; remove the line '---'"
        raise KnowledgeError([Problem(name, _line(starts[1]), message)])
    return iter(events[events.index(starts[0]) + 1 :])


def _syntax(text: str, name: str, error: yaml.MarkedYAMLError) -> list[Problem]:
    """Tell a syntax error as the slips that are behind it, or where the parser noticed it."""
    mark = error.problem_mark or error.context_mark
    noticed = mark.line + 1 if mark else 1
    found = list(slips(text))
    if any(noticed - _NOTICED_WITHIN <= line <= noticed + 1 for line, _ in found):
        return [Problem(name, line, message) for line, message in found]
    what = error.problem or error.context or "syntax error"
    return [Problem(name, noticed, f"isn't valid YAML: {what}; quote texts that hold ': ' or ' #'")]


class _Reading:
    """Turns events into plain data while noting where each value stood, and what may surprise its writer."""

    def __init__(self, name: str, text: list[str], events: Iterator[yaml.Event]) -> None:
        self.name = name
        self.text = text
        self.events = events
        self.lines: dict[NodePath, int] = {}
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def document(self) -> Any:
        return self._value(next(self.events), ())

    def _value(self, event: yaml.Event, path: NodePath) -> Any:
        self.lines[path] = _line(event)
        self._refuse_references(event)
        if len(path) > _DEEPEST:
            message = f"is nested more than {_DEEPEST} levels deep; see knowledge/README.md for the files' form"
            raise KnowledgeError([*self.problems, self._problem(event, message)])
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, path)
        if isinstance(event, yaml.ScalarEvent):
            self._look_at(event, path)
            return event.value
        return ""  # an alias, which is refused already

    def _mapping(self, path: NodePath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line, key = _line(event), self._key(event, path)
            twice = key in data
            value = self._value(next(self.events), (*path, key))
            if twice:
                message = f"the key '{key}' stands twice in one place; keep one of them"
                self.problems.append(Problem(self.name, line, message))
                continue
            data[key] = value
            self.lines[*path, key] = line
        return data

    def _key(self, event: yaml.Event, path: NodePath) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self.problems.append(self._problem(event, "a key must be a word; put the text in quotes"))
            self._value(event, (*path, ""))
            return ""
        if odd := begins_oddly(event.value):
            self.problems.append(self._problem(event, odd))
        return str(event.value)

    def _sequence(self, start: yaml.SequenceStartEvent, path: NodePath) -> list[Any]:
        data: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            data.append(self._value(event, (*path, len(data))))
            if start.flow_style and isinstance(event, yaml.ScalarEvent):
                self._look_for_commas(event)
        return data

    def _look_for_commas(self, event: yaml.ScalarEvent) -> None:
        """Note a bare item of a list in a row that may have been meant as several."""
        if event.implicit[0] and (comma := re.search("[，、]", event.value)):
            message = (
                f"'{event.value}' is one item, for '{comma[0]}' separates none; write ', ' between them, or quote it"
            )
            self.warnings.append(self._problem(event, message))

    def _look_at(self, event: yaml.ScalarEvent, path: NodePath) -> None:
        """Note what a bare text loses, or was meant to be."""
        if not event.implicit[0]:  # quoted, or a block
            return
        if slip := wrong_colon(event.value):
            self.problems.append(self._problem(event, slip))
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        end: Any = event.end_mark  # the parser always sets it
        behind = self.text[end.line][end.column :]
        if key not in _PLAIN_KEYS and _COMMENT.match(behind):
            message = "what follows ' #' is a comment and isn't shown; quote the text, or give the comment its own line"
            self.warnings.append(Problem(self.name, end.line + 1, message))

    def _refuse_references(self, event: yaml.Event) -> None:
        """Refuse anchors, aliases and tags: nobody means them, and they swallow words or repeat for ever."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
        for what in filter(None, (anchor and f"{sign}{anchor}", tag and tag.replace("tag:yaml.org,2002:", "!!"))):
            self.problems.append(
                self._problem(event, f"'{what}' is a sign of YAML, not text; quote it or write it out")
            )

    def _problem(self, event: yaml.Event, message: str) -> Problem:
        return Problem(self.name, _line(event), message)


def _line(event: yaml.Event) -> int:
    """Return the 1-based line where an event starts."""
    return event.start_mark.line + 1 if event.start_mark is not None else 1
