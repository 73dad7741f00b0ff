"""Reading curated files: text that is surely UTF-8, and YAML that remembers its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bot.errors import KnowledgeError, Problem

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOM = b"\xef\xbb\xbf"

Path_: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML file."""

    name: str
    """The file's path, as shown in problems."""
    data: Any
    """Mappings, lists and strings; every scalar stays the text that was written."""
    lines: Mapping[Path_, int]
    """1-based line of each node, by its path from the root."""

    def line(self, path: Path_) -> int:
        """Return the line of a node, or that of its nearest existing parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, message: str) -> Problem:
        """Make a problem that points at a node."""
        return Problem(self.name, self.line(path), message)


def read_text(path: Path, name: str) -> str:
    """Return a file's text; raise KnowledgeError where it is missing or isn't clean UTF-8."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise KnowledgeError([Problem(name, 1, "the file is missing; create it (see knowledge/README.md)")]) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise KnowledgeError([Problem(name, 1, f"can't be read: {reason}; check the file's permissions")]) from None
    if raw.startswith(_BOM):
        raise KnowledgeError([Problem(name, 1, "starts with a byte order mark; save it as UTF-8 without BOM")])
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise KnowledgeError([Problem(name, line, f"isn't UTF-8{_guess(raw)}; save it as UTF-8")]) from None
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        raise KnowledgeError([Problem(name, line, "has Windows line ends (CR LF); save it with LF alone")])
    return text


def _guess(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return " (it looks like UTF-16)"
    try:
        decoded = raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    han = sum("\u4e00" <= character <= "\u9fff" for character in decoded)
    return " (it looks like GB18030)" if han else ""


def read_yaml(path: Path, name: str) -> Document:
    """Parse a YAML file; raise KnowledgeError for bad encoding, tabs, bad syntax, or a key that stands twice."""
    text = read_text(path, name)
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise KnowledgeError([Problem(name, number, "is indented with a tab; indent with two spaces")])
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line_number = mark.line + 1 if mark else 1
        what = error.problem or error.context or "syntax error"
        message = f"isn't valid YAML: {what}; quote texts that hold ': ' or ' #'"
        raise KnowledgeError([Problem(name, line_number, message)]) from None
    except yaml.reader.ReaderError as error:
        # the error's position counts bytes or characters, depending on the loader
        line_number = text.count("\n", 0, text.index(chr(error.character))) + 1
        message = f"holds the character U+{error.character:04X}, which YAML forbids; remove it"
        raise KnowledgeError([Problem(name, line_number, message)]) from None
    if root is None:
        raise KnowledgeError([Problem(name, 1, "is empty; fill it in or delete the file")])
    reading = _Reading(name)
    data = reading.construct(root, ())
    if reading.problems:
        raise KnowledgeError(reading.problems)
    return Document(name, data, reading.lines)


class _Reading:
    """Turns nodes into plain data while noting where each stood."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []

    def construct(self, node: yaml.Node, path: Path_) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.construct(child, (*path, index)) for index, child in enumerate(node.value)]
        return node.value

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in data:
                message = f"the key '{key}' stands twice in one place; keep one of them"
                self.problems.append(Problem(self.name, line, message))
                continue
            data[key] = self.construct(value_node, (*path, key))
            self.lines[*path, key] = line
        return data
