"""The file of word vectors: two bits a coordinate, mapped into memory, so that a start reads only what it looks up.

A line of JSON (the head: what made it, dimensions, number of words, checksum), padded to `_ALIGNMENT`; then, little
endian: the words' hashes in ascending order (uint64), a scale for each dimension (float32), a weight for each word
(float16), and the rows (four coordinates a byte, the first in the lowest bits).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import SettingsError
from bot.matching.inverted_index import Floats, Ints

FORMAT = "word vectors 1"
_ALIGNMENT = 64
_LONGEST_HEAD = 4096
_LEVELS = np.array([-1.5, -0.5, 0.5, 1.5], np.float32)
"""What the two bits of a coordinate stand for, in units of its dimension's scale."""
_COORDINATES = 4
"""In a byte."""
_UNPACKED = _LEVELS[(np.arange(256)[:, None] >> np.arange(0, 8, 2)) & 3]
"""The four coordinates of each byte."""


@dataclass(frozen=True)
class WordTable:
    """Words with their vectors and weights; a word is named by its row."""

    hashes: NDArray[np.uint64]
    """Hash of each word, ascending."""
    scales: Floats
    """Scale of each dimension."""
    weights: NDArray[np.float16]
    """Weight of each word, in (0, 1]: near 0 for the commonest."""
    packed: NDArray[np.uint8]
    """A row a word, four coordinates a byte."""
    head: Mapping[str, Any]
    """What made the table, and of what."""

    @property
    def dimensions(self) -> int:
        """Return the number of coordinates of a row."""
        return len(self.scales)

    @property
    def checksum(self) -> str:
        """Return what tells this table from others."""
        return str(self.head["sha256"])

    @property
    def usual_length(self) -> float:
        """Return the mean length of the rows."""
        return float(self.head["usual_length"])

    def find(self, words: Sequence[str]) -> Ints:
        """Return the row of each word; -1 for one that isn't there."""
        wanted = np.fromiter(map(_hash, words), np.uint64, len(words))
        places = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[places] == wanted, places, -1).astype(np.int32)

    def rows(self, places: Ints) -> Floats:
        """Return the vectors of rows, without their weights."""
        return np.asarray(
            _UNPACKED[self.packed[places]].reshape(len(places), self.dimensions) * self.scales, np.float32
        )


def make_table(words: Sequence[str], vectors: Floats, weights: Floats, made_of: Mapping[str, Any]) -> WordTable:
    """Quantise vectors to two bits; the number of dimensions is a multiple of four, and no word occurs twice."""
    hashes = np.fromiter(map(_hash, words), np.uint64, len(words))
    order = np.argsort(hashes)
    scales = vectors.std(axis=0).astype(np.float32)
    levels = np.clip(np.floor(vectors[order] / scales), -2, 1).astype(np.int8) + 2
    quarters = levels.astype(np.uint8).reshape(len(words), -1, _COORDINATES) << np.arange(0, 8, 2, dtype=np.uint8)
    packed = np.bitwise_or.reduce(quarters, axis=2)
    parts = (hashes[order], scales, weights[order].astype(np.float16), packed)
    head = {
        "format": FORMAT,
        **made_of,
        "dimensions": len(scales),
        "words": len(words),
        "usual_length": round(float(np.linalg.norm(_LEVELS[levels] * scales, axis=1).mean()), 3),
        "sha256": _digest(parts),
    }
    return WordTable(*parts, head)


def write_table(path: Path, table: WordTable) -> None:
    """Write the file; the same table gives the same bytes."""
    head = json.dumps(table.head, ensure_ascii=True).encode()
    padding = b" " * (-(len(head) + 1) % _ALIGNMENT)
    arrays = b"".join(part.tobytes() for part in _parts(table))
    path.write_bytes(head + padding + b"\n" + arrays)


def read_table(path: Path) -> WordTable:
    """Map the file into memory; raise SettingsError where it is missing, cut off or of another kind.

    What the arrays hold isn't read here: `is_intact` tells whether it is what was written.
    """
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_HEAD)
        return _mapped(path, json.loads(line), len(line))
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SettingsError(
            f"{path}: can't be read as word vectors ({reason}); restore it from the repository"
        ) from None


def is_intact(table: WordTable) -> bool:
    """Read the whole table, and tell whether it is what was written."""
    return _digest(_parts(table)) == table.checksum


def _mapped(path: Path, head: Mapping[str, Any], start: int) -> WordTable:
    if head["format"] != FORMAT:
        raise ValueError(f"its format is {head['format']!r} instead of {FORMAT!r}")
    dimensions, count = int(head["dimensions"]), int(head["words"])
    if (
        dimensions < _COORDINATES
        or dimensions % _COORDINATES
        or count < 1
        or not head["sha256"]
        or not head["usual_length"] > 0
    ):
        raise ValueError("its head is damaged")
    shapes: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("<u8", (count,)),
        ("<f4", (dimensions,)),
        ("<f2", (count,)),
        ("u1", (count, dimensions // _COORDINATES)),
    )
    sizes = [np.dtype(kind).itemsize * int(np.prod(shape)) for kind, shape in shapes]
    if path.stat().st_size != start + sum(sizes):
        raise ValueError(f"it has {path.stat().st_size} bytes instead of {start + sum(sizes)}")
    content = np.asarray(np.memmap(path, np.uint8, "r"))  # a plain view of it, which is quicker to index
    ends = np.cumsum(sizes) + start
    hashes, scales, weights, packed = (
        content[end - size : end].view(kind).reshape(shape)
        for (kind, shape), size, end in zip(shapes, sizes, ends.tolist(), strict=True)
    )
    return WordTable(hashes, np.array(scales), weights, packed, head)


def _parts(table: WordTable) -> tuple[NDArray[Any], ...]:
    return table.hashes, table.scales, table.weights, table.packed


def _digest(parts: Sequence[NDArray[Any]]) -> str:
    digest = sha256()
    for part in parts:
        digest.update(part.tobytes())
    return digest.hexdigest()


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
