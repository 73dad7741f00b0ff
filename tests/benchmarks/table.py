"""Tables of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table: the first column to the left, the others to the right."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        first, *others = (
            " " * (width - _width(cell)) + cell if at else cell + " " * (width - _width(cell))
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *others)).rstrip()


def _width(text: str) -> int:
    """Return how many columns a terminal gives `text`."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
