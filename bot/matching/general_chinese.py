"""General Chinese: jieba's words with their frequencies, read character by character as they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.cache import Arrays, Codec
from bot.knowledge.han import HAN
from bot.matching.inverted_index import Ints
from bot.matching.pinyin import syllables

Bytes = NDArray[np.uint8]

_ARRAYS = ("beginnings", "starts", "packed", "common")
_COMMON = 300
"""Occurrences in jieba's corpus from which a word counts as everyday."""
_SHORT_WORD = re.compile(rf"[{HAN}]{{1,4}}")


class CommonWord(NamedTuple):
    """A common word."""

    frequency: int
    """How often it occurs."""
    syllables: tuple[str, ...]
    """How it sounds: fuzzy syllables."""


@dataclass(frozen=True)
class GeneralChinese:
    """A dictionary of general Chinese; the words that begin with one character are unpacked together."""

    beginnings: Ints
    """Code points that words begin with, ascending."""
    starts: Ints
    """Where the words of each beginning start in `packed`; one more entry than beginnings."""
    packed: Bytes
    """The words in UTF-8, one per line: the word, a space, and how often it occurs in jieba's corpus."""
    common: Bytes
    """Those of these lines whose word is common."""
    total: int
    """Occurrences of all words."""
    _unpacked: dict[str, dict[str, int]] = field(default_factory=dict, repr=False, compare=False)

    def frequency(self, word: str) -> int:
        """Return how often a word occurs; 0 for an unknown one."""
        return self.beginning_with(word[0]).get(word, 0) if word else 0

    def beginning_with(self, character: str) -> dict[str, int]:
        """Return the words that begin with a character, and what longer words begin with, the latter as 0."""
        known = self._unpacked.get(character)
        if known is None:
            known = self._unpacked[character] = self._unpack(character)
        return known

    def words(self) -> Iterator[tuple[str, int]]:
        """Yield every word with its frequency, without unpacking them all at once."""
        return _words(self.packed)

    @cached_property
    def everyday(self) -> Mapping[str, CommonWord]:
        """The short words that are common."""
        common = ((word, count) for word, count in _words(self.common) if _SHORT_WORD.fullmatch(word))
        return {word: CommonWord(count, syllables(word)) for word, count in common}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {chr(point): place for place, point in enumerate(self.beginnings.tolist())}

    def _unpack(self, character: str) -> dict[str, int]:
        place = self._places.get(character)
        if place is None:
            return {}
        words = {character: 0}
        for word, frequency in _words(self.packed[self.starts[place] : self.starts[place + 1]]):
            for end in range(2, len(word)):
                words.setdefault(word[:end], 0)
            words[word] = frequency
        return words


def _words(packed: Bytes) -> Iterator[tuple[str, int]]:
    for line in packed.tobytes().decode().splitlines():
        word, _, frequency = line.partition(" ")
        yield word, int(frequency)


def read_jieba() -> GeneralChinese:
    """Read jieba's dictionary, one word per line: the word, its frequency, its part of speech.

    The package itself isn't imported: with what it imports in turn, that takes about a tenth of a start.
    """
    return parse_dictionary(Path(str(distribution("jieba").locate_file("jieba/dict.txt"))).read_bytes())


def parse_dictionary(text: bytes) -> GeneralChinese:
    """Sort the lines of a dictionary by their first characters; they are as many as call for arrays of bytes."""
    read = np.frombuffer(text, np.uint8)
    breaks, spaces = np.flatnonzero(read == ord("\n")), np.flatnonzero(read == ord(" ")).reshape(-1, 2)
    begin = np.concatenate([[0], breaks[:-1] + 1])
    edges = np.zeros(len(read), np.int8)  # of what isn't kept: the part of speech, with the space before it
    edges[spaces[:, 1]], edges[breaks] = 1, -1
    lines = read[np.cumsum(edges, dtype=np.int8) == 0]
    sizes = spaces[:, 1] - begin + 1
    first = _code_points(read, begin)
    runs = np.flatnonzero(np.diff(first, prepend=-1))  # lines that begin with the same character, one after another
    parts = np.split(lines, (np.cumsum(sizes) - sizes)[runs][1:])
    beginnings, group = np.unique(first[runs], return_inverse=True)
    group_sizes = np.bincount(group, [len(part) for part in parts])
    counts = _numbers(read, spaces[:, 0] + 1, spaces[:, 1])
    words = [line.partition(b" ")[0] for line in text.splitlines()]  # one stands there twice
    return GeneralChinese(
        beginnings=beginnings.astype(np.int32),
        starts=np.concatenate([[0], np.cumsum(group_sizes)]).astype(np.int32),
        packed=np.concatenate([parts[run] for run in np.argsort(group, kind="stable").tolist()]),
        common=lines[np.repeat(counts >= _COMMON, sizes)],
        total=sum(dict(zip(words, counts.tolist(), strict=True)).values()),
    )


def _code_points(read: Bytes, at: NDArray[np.intp]) -> NDArray[np.int64]:
    """Decode the characters of UTF-8 that begin `at` these places."""
    lead = read[at].astype(np.int64)
    length = 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
    points = np.where(length == 1, lead, lead & (0x7F >> length))
    for further in range(1, 4):
        points = np.where(length > further, points << 6 | read[np.minimum(at + further, len(read) - 1)] & 0x3F, points)
    return points


def _numbers(read: Bytes, begin: NDArray[np.intp], end: NDArray[np.intp]) -> NDArray[np.int64]:
    """Read decimal numbers that stand between these places."""
    numbers = np.zeros(len(begin), np.int64)
    for digit in range(int((end - begin).max(initial=0))):
        at = begin + digit
        numbers = np.where(at < end, numbers * 10 + read[np.minimum(at, len(read) - 1)] - ord("0"), numbers)
    return numbers


def _to_arrays(general: GeneralChinese) -> Arrays:
    return {name: getattr(general, name) for name in _ARRAYS} | {"total": np.array([general.total])}


def _from_arrays(arrays: Arrays) -> GeneralChinese:
    packed: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
    return GeneralChinese(**packed, total=int(arrays["total"][0]))


GENERAL = Codec("chinese", _to_arrays, _from_arrays)
"""Words of general Chinese and how often they occur."""
