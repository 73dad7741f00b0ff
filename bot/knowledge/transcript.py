"""A transcript and the search for quoted words in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a transcript."""

    start: int
    """Offset of the first character in the transcript's text."""
    end: int
    """Offset after the last character."""
    first: int
    """Line of the first character, 1-based."""
    last: int
    """Line of the last character, 1-based, inclusive."""

    def within(self, other: Span) -> bool:
        """Return whether all of it lies in `other`."""
        return other.start <= self.start and self.end <= other.end


@dataclass(frozen=True)
class Transcript:
    """A verbatim text; its line numbers are its addresses."""

    text: str
    """All of it, line breaks included."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Return the lines without their breaks; line 1 is at index 0."""
        return tuple(self.text.removesuffix("\n").split("\n"))

    @cached_property
    def _joined(self) -> str:
        return self.text.replace("\n", "")

    @cached_property
    def _offsets(self) -> list[int]:
        """Offset in `text` of each character of `_joined`."""
        return [offset for offset, character in enumerate(self.text) if character != "\n"]

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        for line in self.lines[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def find(self, quoted: str) -> Iterator[Span]:
        """Yield every place where the characters of `quoted` appear, line breaks apart."""
        wanted = quoted.replace("\n", "")
        at = self._joined.find(wanted) if wanted else -1
        while at >= 0:
            start, end = self._offsets[at], self._offsets[at + len(wanted) - 1] + 1
            yield Span(start, end, self.line_at(start), self.line_at(end - 1))
            at = self._joined.find(wanted, at + 1)

    def line_at(self, offset: int) -> int:
        """Return the 1-based line that contains the character at `offset`."""
        return bisect_right(self._line_starts, offset)

    def slice(self, span: Span) -> str:
        """Return the characters of `span`, line breaks included."""
        return self.text[span.start : span.end]
