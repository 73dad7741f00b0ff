"""General Chinese: jieba's words with their frequencies, read as they are needed."""

from __future__ import annotations

import re
from bisect import bisect_left
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
_MAX_UNPACKED = 16_384
"""Pairs of characters whose words are kept unpacked, in 4 MB. All words that begin with a character that occurs in the
shipped knowledge would take 42 MB (`python -m tests.benchmarks memory`)."""
_POINT_BITS = 21
_SHORT_WORD = re.compile(rf"[{HAN}]{{1,4}}")


class CommonWord(NamedTuple):
    """A common word."""

    frequency: int
    """How often it occurs."""
    syllables: tuple[str, ...]
    """How it sounds: fuzzy syllables."""


@dataclass(frozen=True)
class GeneralChinese:
    """A dictionary of general Chinese; the words that begin with the same two characters are unpacked together."""

    beginnings: NDArray[np.int64]
    """What words begin with (see `_beginning`), ascending."""
    starts: Ints
    """Where the words of each beginning start in `packed`; one more entry than beginnings."""
    packed: Bytes
    """The words in UTF-8, one per line: the word, a space, and how often it occurs in jieba's corpus."""
    common: Bytes
    """Those of these lines whose word is common."""
    total: int
    """Occurrences of all words."""
    _unpacked: dict[str, Mapping[str, int]] = field(default_factory=dict, repr=False, compare=False)

    def frequency(self, word: str) -> int:
        """Return how often a word occurs; 0 for an unknown one."""
        return self.beginning_with(word[:2]).get(word, 0) if word else 0

    def beginning_with(self, pair: str) -> Mapping[str, int]:
        """Return the words that begin with one or two characters, and what they begin with, the latter as 0.

        Of two characters, the first by itself is among them.
        """
        known = self._unpacked.get(pair)
        if known is None:
            if len(self._unpacked) >= _MAX_UNPACKED:
                self._unpacked.clear()
            known = self._unpacked[pair] = self._unpack(pair)
        return known

    def words(self) -> Iterator[tuple[str, int]]:
        """Yield every word with its frequency, without unpacking them all at once."""
        return _words(self.packed)

    @cached_property
    def everyday(self) -> Mapping[str, CommonWord]:
        """The short words that are common."""
        common = ((word, count) for word, count in _words(self.common) if _SHORT_WORD.fullmatch(word))
        return {word: CommonWord(count, syllables(word)) for word, count in common}

    def _unpack(self, pair: str) -> Mapping[str, int]:
        if len(pair) < 2:
            return dict(self._beginning_exactly(pair))
        words: dict[str, int] = {}
        for word, frequency in self._beginning_exactly(pair):
            for end in range(2, len(word)):
                words.setdefault(word[:end], 0)
            words[word] = frequency
        single = self.beginning_with(pair[0])
        return {pair[0]: 0, **single, **words} if words else single

    def _beginning_exactly(self, pair: str) -> Iterator[tuple[str, int]]:
        """Yield the words that begin with two characters, or the one that is a single character."""
        beginning = _beginning(*map(ord, pair))
        place = bisect_left(self._sorted_beginnings, beginning)
        if place < len(self.beginnings) and self._sorted_beginnings[place] == beginning:
            yield from _words(self.packed[self.starts[place] : self.starts[place + 1]])

    @cached_property
    def _sorted_beginnings(self) -> memoryview:
        """`beginnings`, for a search that takes a third of the time of NumPy's."""
        return self.beginnings.data


def _beginning(first: int, second: int = 0) -> int:
    """Return a number for two characters, so that the numbers are in the order of the characters."""
    return first << _POINT_BITS | second


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
    """Sort the lines of a dictionary by their first two characters; they are as many as call for arrays of bytes."""
    read = np.frombuffer(text, np.uint8)
    breaks, spaces = np.flatnonzero(read == ord("\n")), np.flatnonzero(read == ord(" ")).reshape(-1, 2)
    begin = np.concatenate([[0], breaks[:-1] + 1])
    first, behind_first = _code_points(read, begin)
    second, _ = _code_points(read, behind_first)
    beginning = first << _POINT_BITS | np.where(behind_first < spaces[:, 0], second, 0)
    order = np.argsort(beginning, kind="stable")
    beginnings, starts = np.unique(beginning[order], return_index=True)
    sizes = spaces[:, 1] - begin + 1  # without the part of speech, and with a break
    ends = np.cumsum(sizes[order])
    counts = _numbers(read, spaces[:, 0] + 1, spaces[:, 1])
    words = [line.partition(b" ")[0] for line in text.splitlines()]  # one stands there twice
    return GeneralChinese(
        beginnings=beginnings,
        starts=np.append((ends - sizes[order])[starts], ends[-1:]).astype(np.int32),
        packed=_lines(read, begin[order], sizes[order]),
        common=_lines(read, *(array[counts >= _COMMON] for array in (begin, sizes))),
        total=sum(dict(zip(words, counts.tolist(), strict=True)).values()),
    )


def _lines(read: Bytes, begin: NDArray[np.intp], sizes: NDArray[np.intp]) -> Bytes:
    """Return the parts of these sizes, each with a break in the place of its last byte."""
    ends = np.cumsum(sizes)
    lines: Bytes = read[np.repeat(begin - (ends - sizes), sizes) + np.arange(sizes.sum())]
    lines[ends - 1] = ord("\n")
    return lines


def _code_points(read: Bytes, at: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Decode the characters of UTF-8 that begin `at` these places; return also where they end."""
    lead = read[at].astype(np.int64)
    length = 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
    points = np.where(length == 1, lead, lead & (0x7F >> length))
    for further in range(1, 4):
        points = np.where(length > further, points << 6 | read[np.minimum(at + further, len(read) - 1)] & 0x3F, points)
    return points, at + length


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
