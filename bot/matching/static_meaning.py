"""Static meaning: the vector of a text as the weighted sum of the vectors of its words, in microseconds.

The table of words was distilled from the sentence model (see `bot.evaluation.word_vectors`); each word has a row and
a weight that is small for common words: smooth inverse frequency (Arora, Liang and Ma 2017). A word that the table
lacks is put together from parts, so that at least the same word in a question and in a phrasing are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from bot.matching.inverted_index import Floats, Ints
from bot.matching.word_table import WordTable

_LONGEST_PART = 4
"""Characters of the longest Chinese part that is looked for."""
_GRAMS = (3, 4)
"""Lengths of the letter sequences that stand for an unknown word beside the word itself."""
_SHORTEST_FORM = 3
_DIGEST_BYTES = 64
_TEXTS_AT_ONCE = 1024
"""Texts of a batch whose word vectors are held at the same time."""


@dataclass(frozen=True)
class StaticMeaning:
    """Turns words, as `Query.words` holds them, into unit vectors; immutable."""

    table: WordTable
    """The words that have a vector of their own."""

    @property
    def dimensions(self) -> int:
        """Return the number of coordinates of a vector."""
        return self.table.dimensions

    def vector(self, words: Iterable[str]) -> Floats:
        """Return the unit vector of one text; zero where it has no words."""
        return np.asarray(self.vectors([list(words)])[0])

    def vectors(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Return a unit vector a text, as rows; zero for a text without words. The order of words doesn't matter."""
        number = {word: at for at, word in enumerate(dict.fromkeys(word for words in texts for word in words))}
        rows = self._word_vectors(list(number))
        sums = np.zeros((len(texts), self.dimensions), np.float32)
        for first in range(0, len(texts), _TEXTS_AT_ONCE):
            chunk = texts[first : first + _TEXTS_AT_ONCE]
            numbers = np.fromiter((at for words in chunk for at in sorted(map(number.__getitem__, words))), np.int64)
            sizes = np.array([len(words) for words in chunk])
            full = np.flatnonzero(sizes)
            if len(full):
                starts = (np.cumsum(sizes) - sizes)[full]
                sums[first + full] = np.add.reduceat(rows[numbers], starts)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)

    def _word_vectors(self, words: Sequence[str]) -> Floats:
        """Return the weighted vectors of words, as rows."""
        places = self._places(words)
        vectors = np.empty((len(words), self.dimensions), np.float32)
        known = np.flatnonzero(places >= 0)
        vectors[known] = self.table.rows(places[known]) * self.table.weights[places[known], None]
        for at in np.flatnonzero(places < 0).tolist():
            vectors[at] = self._from_parts(words[at])
        return vectors

    def _places(self, words: Sequence[str]) -> Ints:
        """Return the row of each word or of another form of it; -1 for an unknown word."""
        places = self.table.find(words)
        unknown = np.flatnonzero(places < 0).tolist()
        forms = [(at, form) for at in unknown for form in _other_forms(words[at])]
        found = self.table.find([form for _, form in forms]).tolist()
        for (at, _), place in reversed(list(zip(forms, found, strict=True))):  # the first form wins
            if place >= 0:
                places[at] = place
        return places

    def _from_parts(self, word: str) -> Floats:
        """Return a vector of the usual length for a word that the table lacks; its weight is 1, as for a rare one."""
        vector = np.zeros(self.dimensions, np.float32)
        if not word.isascii():
            places = self.table.find(self._known_parts(word))
            vector = self.table.rows(places[places >= 0]).sum(axis=0)
        if not vector.any():
            vector = _signs(_grams(word), self.dimensions)
        return np.asarray(vector * (self.table.usual_length / np.linalg.norm(vector)), np.float32)

    def _known_parts(self, word: str) -> list[str]:
        """Cut a Chinese word into the longest parts that are in the table, and single characters."""
        spans = [(start, size) for start in range(len(word)) for size in range(1, _LONGEST_PART + 1)]
        spans = [(start, size) for start, size in spans if start + size <= len(word)]
        places = self.table.find([word[start : start + size] for start, size in spans])
        known = {span for span, place in zip(spans, places.tolist(), strict=True) if place >= 0}
        parts, start = [], 0
        while start < len(word):
            size = next((size for size in range(_LONGEST_PART, 0, -1) if (start, size) in known), 1)
            parts.append(word[start : start + size])
            start += size
        return parts


def _other_forms(word: str) -> Iterator[str]:
    """Yield what a Latin word may have been before its ending was cut off: bas(ed), stopp(ed), happi(ly)."""
    if word.isascii() and len(word) >= _SHORTEST_FORM:
        yield f"{word}e"
        if word[-1] == word[-2]:
            yield word[:-1]
        if word[-1] == "i":
            yield f"{word[:-1]}y"


def _grams(word: str) -> Sequence[str]:
    """Return the word and its letter sequences, beginning and end marked, so that misspelt words are alike too."""
    marked = f"<{word}>"
    return [marked, *(marked[at : at + size] for size in _GRAMS for at in range(len(marked) - size + 1))]


def _signs(grams: Sequence[str], dimensions: int) -> Floats:
    """Return the sum of a vector of 1 and -1 a gram, which depends on its letters alone.

    Those of different grams are nearly orthogonal.
    """
    blocks = [bytes([block]) for block in range(-(-dimensions // (8 * _DIGEST_BYTES)))]
    letters = [gram.encode("utf-8", "surrogatepass") for gram in grams]
    digests = [blake2b(gram, digest_size=_DIGEST_BYTES, salt=block).digest() for gram in letters for block in blocks]
    bits = np.unpackbits(np.frombuffer(b"".join(digests), np.uint8).reshape(len(grams), -1), axis=1, count=dimensions)
    return np.asarray(bits.sum(axis=0, dtype=np.float32) * 2 - len(grams), np.float32)
