"""Phrasings files: `[entry-id]`, then one phrasing per line, in any language; reading them and adding to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.errors import Problem
from bot.knowledge.curated_files import UNPRINTABLE, read_text
from bot.knowledge.han import HAN
from bot.knowledge.model import Phrasing

_HEADING = re.compile(r"\[(.*)\]")
_WIDE_HEADING = re.compile(r"[［【](.*)[］】]")
_COMMENT = re.compile(r"#(?: .*)?")
_HAN = re.compile(rf"[{HAN}]")
_BREAK = re.compile(rf"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*|{UNPRINTABLE.pattern}")
_WIDE = str.maketrans("[]#", "［］＃")
"""Signs that mean the same to matching, and nothing to the file."""


@dataclass(frozen=True, slots=True)
class PhrasingsFile:
    """A file of phrasings as it was read."""

    name: str
    """The file's path, as shown in problems."""
    phrasings: Mapping[str, Sequence[Phrasing]]
    """By the id in the heading, in the order of the file."""
    headings: Mapping[str, int]
    """1-based line of each heading, by its id."""
    problems: Sequence[Problem]
    """What is wrong with the file by itself."""

    def unfit(self, ids: Iterable[str], about: str) -> Iterator[Problem]:
        """Yield what doesn't fit the items with these ids, which the file `about` contains."""
        known = set(ids)
        for name, line in self.headings.items():
            if name not in known:
                message = f"the heading '[{name}]' names nothing in {about}; correct its id or remove it"
                yield Problem(self.name, line, message)
            elif not self.phrasings[name]:
                yield Problem(self.name, line, f"no wording follows '[{name}]'; write how people ask, one a line")
        for phrasing in (phrasing for phrasings in self.phrasings.values() for phrasing in phrasings):
            if (wide := _WIDE_HEADING.fullmatch(phrasing.text)) and wide[1].strip() in known:
                message = f"'{phrasing.text}' has full-width brackets; write [{wide[1].strip()}]"
                yield Problem(self.name, phrasing.line, message)


def language_of(text: str) -> Literal["zh", "en"]:
    """Return the language of a phrasing: Chinese where it contains a Chinese character."""
    return "zh" if _HAN.search(text) else "en"


def read_phrasings(path: Path, name: str) -> PhrasingsFile:
    """Read a file of phrasings with its problems; raise KnowledgeError where it can't be read at all."""
    return parse_phrasings(read_text(path, name), name)


def parse_phrasings(text: str, name: str) -> PhrasingsFile:
    """Read the text of a file of phrasings; `name` is the file, as shown in problems."""
    reading = _Reading(name)
    for number, line in enumerate(text.split("\n"), 1):
        reading.take(number, line.strip())
    return PhrasingsFile(name, reading.phrasings, reading.headings, reading.problems)


@dataclass
class _Reading:
    """What was read so far."""

    name: str
    phrasings: dict[str, list[Phrasing]] = field(default_factory=dict)
    headings: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    current: str | None = None

    def take(self, number: int, line: str) -> None:
        """Take the next line, whose ends are bare of spaces."""
        if unprintable := UNPRINTABLE.search(line):
            self._refuse(number, f"holds the character U+{ord(unprintable[0]):04X}, which can't be seen; remove it")
        elif heading := _HEADING.fullmatch(line):
            self._open(number, heading[1].strip())
        elif not line or _COMMENT.fullmatch(line):
            return
        elif self.current is None:
            self._refuse(number, f"the wording '{line}' stands before the first heading; write '[entry-id]' above it")
        else:
            self.phrasings[self.current].append(Phrasing(line, language_of(line), self.name, number))

    def _open(self, number: int, name: str) -> None:
        first = self.headings.setdefault(name, number)
        if first != number:
            self._refuse(number, f"the heading '[{name}]' stands in line {first} already; put the wordings under one")
        self.phrasings.setdefault(name, [])
        self.current = name

    def _refuse(self, number: int, message: str) -> None:
        self.problems.append(Problem(self.name, number, message))


def as_line(text: str) -> str:
    """Return a phrasing as a line of the file: without breaks, and never to be taken for a heading or a comment."""
    line = _BREAK.sub(" ", text).strip()
    return line.translate(_WIDE) if _HEADING.fullmatch(line) or _COMMENT.fullmatch(line) else line


def with_lines(text: str, name: str, lines: Sequence[str]) -> str:
    """Add lines at the end of a heading's block, or a block at the end of the file; every other byte stays."""
    written = text.split("\n")
    last = None
    for number, line in enumerate(written):
        if heading := _HEADING.fullmatch(line.strip()):
            if last is not None:
                break
            if heading[1].strip() == name:
                last = number
        elif last is not None and line.strip() and not _COMMENT.fullmatch(line.strip()):
            last = number
    if last is None:
        gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        return "".join((text, gap, f"[{name}]\n", *(f"{line}\n" for line in lines)))
    written[last + 1 : last + 1] = lines
    return "\n".join(written)
