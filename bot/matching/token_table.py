"""Rows of tokens in compact arrays: each distinct token once, and numbers in its place."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]


class _Numbering(dict[str, int]):
    """Numbers tokens in the order in which they are first looked up."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


@dataclass(frozen=True)
class TokenTable:
    """Rows of tokens; immutable. Tokens are numbered by their first occurrence, row after row."""

    names: tuple[str, ...]
    """The token of each number."""
    starts: Ints
    """Where each row begins in `flat`; one more entry than rows."""
    flat: Ints
    """Numbers of the tokens, row after row."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Ints:
        """How many tokens each row contains."""
        return np.diff(self.starts)

    def head(self, count: int) -> TokenTable:
        """Return the first `count` rows, with all the names."""
        return TokenTable(self.names, self.starts[: count + 1], self.flat[: self.starts[count]])

    def take(self, rows: NDArray[np.intp]) -> TokenTable:
        """Return the rows with these numbers, in this order: the table that `table_of` makes of them."""
        sizes = self.sizes[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        flat = self.flat[np.repeat(self.starts[rows] - starts[:-1], sizes) + np.arange(starts[-1])]
        first = np.full(len(self.names), len(flat), np.int64)
        first[flat[::-1]] = np.arange(len(flat))[::-1]  # of several occurrences of a token, the last one written stays
        order = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(flat))]
        numbers = np.zeros(len(self.names), np.int32)
        numbers[order] = np.arange(len(order))
        return TokenTable(tuple(map(self.names.__getitem__, order.tolist())), starts, numbers[flat])

    def followed_by(self, other: TokenTable) -> TokenTable:
        """Return these rows and those of `other` after them."""
        numbering = _Numbering(zip(self.names, range(len(self.names)), strict=True))
        numbers = np.fromiter(map(numbering.__getitem__, other.names), np.int32, len(other.names))
        starts = np.concatenate([self.starts, other.starts[1:] + self.starts[-1]])
        return TokenTable(tuple(numbering), starts, np.concatenate([self.flat, numbers[other.flat]]))


class TableBuilder:
    """Makes a table row by row, so that no more than one row is there as strings."""

    def __init__(self) -> None:
        self._numbering = _Numbering()
        self._flat, self._starts = array("i"), array("i", [0])

    def add(self, row: Iterable[str]) -> None:
        """Add a row."""
        self._flat.extend(map(self._numbering.__getitem__, row))
        self._starts.append(len(self._flat))

    def table(self) -> TokenTable:
        """Return the table of the rows that were added."""
        return TokenTable(tuple(self._numbering), np.array(self._starts, np.int32), np.array(self._flat, np.int32))


def table_of(rows: Iterable[Iterable[str]]) -> TokenTable:
    """Make the table of some rows of tokens."""
    builder = TableBuilder()
    for row in rows:
        builder.add(row)
    return builder.table()
