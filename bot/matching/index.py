"""An inverted index over short texts, in compact arrays; cost grows with the postings touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Hits:
    """Texts that share terms with a query, the best first."""

    texts: Ints
    """Numbers of the texts."""
    shared: Floats
    """Weight of the terms that each shares with the query."""
    asked: float
    """Weight of all the query's terms, unknown ones included."""


@dataclass(frozen=True)
class Index:
    """Terms to the texts that hold them; immutable."""

    vocabulary: dict[str, int]
    """Number of each term."""
    weights: Floats
    """Weight of each term: its kind's weight times its inverse document frequency."""
    starts: Ints
    """Where each term's postings begin in `postings`; one more entry than terms."""
    postings: Ints
    """Numbers of the texts that hold a term, term after term."""
    lengths: Floats
    """Weight of all terms of each text."""
    unknown: float
    """Inverse document frequency of a term that no text holds."""
    kinds: dict[str, float]
    """Weight of each kind of term, by its first character."""

    def weight(self, term: str) -> float:
        """Return the weight of a term, also of an unknown one."""
        number = self.vocabulary.get(term)
        return self.kinds[term[0]] * self.unknown if number is None else float(self.weights[number])

    def search(self, terms: Sequence[str], most: int) -> Hits:
        """Return the at most `most` texts with the highest Dice coefficient of weighted terms.

        Dice: twice the shared weight over the sum of both weights (Dice 1945), in [0, 1].
        """
        known = [number for term in terms if (number := self.vocabulary.get(term)) is not None]
        asked = sum(map(self.weight, terms))
        if not known:
            return Hits(np.empty(0, np.int32), np.empty(0, np.float32), asked)
        runs = [self.postings[self.starts[number] : self.starts[number + 1]] for number in known]
        touched = np.concatenate(runs)
        gains = np.repeat(self.weights[known], [len(run) for run in runs])
        texts, place = np.unique(touched, return_inverse=True)
        shared = np.bincount(place, gains, len(texts)).astype(np.float32)
        dice = 2 * shared / (asked + self.lengths[texts])
        if len(texts) > most:
            kept = np.argpartition(-dice, most)[:most]
            texts, shared, dice = texts[kept], shared[kept], dice[kept]
        order = np.lexsort((texts, -dice))
        return Hits(texts[order], shared[order], asked)


def build(
    texts: Sequence[Sequence[str]],
    groups: Sequence[int] | Ints,
    kinds: dict[str, float],
    context: Sequence[tuple[int, Sequence[str]]] = (),
) -> Index:
    """Index the terms of `texts`.

    `groups` says which texts count as one document in a term's document frequency: many phrasings of one
    entry that share a word don't make it common. `context` holds further terms of groups, which count there
    and become known, but can't be found.
    """
    vocabulary: dict[str, int] = {}
    numbers = [np.fromiter(_numbers(terms, vocabulary), np.int32) for terms in texts]
    further = [np.fromiter(_numbers(terms, vocabulary), np.int32) for _, terms in context]
    sizes = [len(row) for row in numbers]
    flat = _joined(numbers)
    owners = np.repeat(np.arange(len(numbers), dtype=np.int32), sizes)
    starts = np.zeros(len(vocabulary) + 1, np.int32)
    np.cumsum(np.bincount(flat, minlength=len(vocabulary)), out=starts[1:])
    documents = np.concatenate(
        [
            np.repeat(np.asarray(groups, np.int64), sizes),
            np.repeat([group for group, _ in context], [*map(len, further)]),
        ]
    ).astype(np.int64)
    frequency, total = _document_frequency(_joined([*numbers, *further]), documents, len(vocabulary))
    kind_weights = np.fromiter((kinds[term[0]] for term in vocabulary), np.float32, len(vocabulary))
    weights = (kind_weights * np.log(1 + (total - frequency + 0.5) / (frequency + 0.5))).astype(np.float32)
    lengths = np.bincount(owners, weights[flat], len(numbers)).astype(np.float32)
    unknown = float(np.log(1 + (total + 0.5) / 0.5))
    return Index(vocabulary, weights, starts, owners[np.argsort(flat, kind="stable")], lengths, unknown, dict(kinds))


def _numbers(terms: Iterable[str], vocabulary: dict[str, int]) -> Iterable[int]:
    return (vocabulary.setdefault(term, len(vocabulary)) for term in terms)


def _joined(rows: Sequence[Ints]) -> Ints:
    return np.concatenate(rows) if rows else np.empty(0, np.int32)


def _document_frequency(terms: Ints, documents: NDArray[np.int64], vocabulary: int) -> tuple[NDArray[np.int64], int]:
    """Count in how many documents each term stands, and how many documents there are."""
    width = int(documents.max(initial=0)) + 1
    pairs = np.unique(terms.astype(np.int64) * width + documents)
    return np.bincount(pairs // width, minlength=vocabulary), len(np.unique(documents))
