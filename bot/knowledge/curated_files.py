"""Reading curated files: text that is surely UTF-8, and what a parsed file remembers of its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from bot.errors import KnowledgeError, Problem
from bot.knowledge.han import HAN

_BOM = b"\xef\xbb\xbf"
UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that can't be seen and that YAML forbids."""

NodePath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML file."""

    name: str
    """The file's path, as shown in problems."""
    data: Any
    """Mappings, lists and strings; every scalar stays the text that was written."""
    lines: Mapping[NodePath, int]
    """1-based line of each node, by its path from the root."""
    warnings: tuple[Problem, ...] = ()
    """What reads otherwise than its writer may think."""

    def line(self, path: NodePath) -> int:
        """Return the line of a node, or that of its nearest existing parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: NodePath, message: str) -> Problem:
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
    return " (it looks like GB18030)" if re.search(f"[{HAN}]", decoded) else ""
