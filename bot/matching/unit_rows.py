"""Unit vectors in a byte a coordinate: a quarter of the room of floats, at a cosine's error of about 0.001."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.inverted_index import Floats, Ints

_LEVELS = 127


@dataclass(frozen=True)
class UnitRows:
    """Unit vectors as rows; immutable."""

    codes: NDArray[np.int8]
    """A row a vector; the largest coordinate of each has the absolute value 127."""
    scales: Floats
    """What each row's codes are multiplied with to give a vector of length 1."""

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self.codes)

    def cosines(self, spans: Sequence[range], vector: Floats) -> Floats:
        """Return the cosine of a unit vector with each row of each span, span after span."""
        if not spans:
            return np.empty(0, np.float32)
        codes = np.concatenate([self.codes[span.start : span.stop] for span in spans])
        scales = np.concatenate([self.scales[span.start : span.stop] for span in spans])
        return np.asarray((codes.astype(np.float32) @ vector) * scales)

    def floats(self) -> Floats:
        """Return all rows as floating-point unit vectors."""
        return np.asarray(self.codes * self.scales[:, None], np.float32)


def as_unit_rows(vectors: Floats) -> UnitRows:
    """Round vectors to codes, row by row; a zero vector stays zero."""
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    codes = np.rint(vectors * (_LEVELS / np.where(largest > 0, largest, 1.0))[:, None]).astype(np.int8)
    lengths = np.sqrt(np.einsum("rd,rd->r", codes, codes, dtype=np.float32))
    return UnitRows(codes, np.asarray(1 / np.maximum(lengths, 1.0), np.float32))


def spans_of(starts: Ints, items: Sequence[int]) -> list[range]:
    """Return the rows of each item, where `starts` holds the first row of every item and the end of the last."""
    return [range(int(starts[item]), int(starts[item + 1])) for item in items]
