"""General Chinese: jieba's words with their frequencies, read character by character as they are needed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.cache import Arrays, Codec, as_array, from_array
from bot.knowledge.han import HAN
from bot.matching.inverted_index import Ints
from bot.matching.pinyin import syllables

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
    packed: NDArray[np.uint8]
    """The words in UTF-8, one per line: the word, a space, and how often it occurs in jieba's corpus."""
    total: int
    """Occurrences of all words."""
    everyday: Mapping[str, CommonWord]
    """The short words that are common."""
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
        return _lines(self.packed)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {chr(point): place for place, point in enumerate(self.beginnings.tolist())}

    def _unpack(self, character: str) -> dict[str, int]:
        place = self._places.get(character)
        if place is None:
            return {}
        words: dict[str, int] = {}
        for word, frequency in _lines(self.packed[self.starts[place] : self.starts[place + 1]]):
            for end in range(1, len(word)):
                words.setdefault(word[:end], 0)
            words[word] = frequency
        return words


def _lines(packed: NDArray[np.uint8]) -> Iterator[tuple[str, int]]:
    for line in packed.tobytes().decode().splitlines():
        word, _, frequency = line.partition(" ")
        yield word, int(frequency)


def read_jieba() -> GeneralChinese:
    """Read jieba's dictionary, one word per line: the word, its frequency, its part of speech.

    The package itself isn't imported: with what it imports in turn, that takes about a tenth of a start.
    """
    file = Path(str(distribution("jieba").locate_file("jieba/dict.txt")))
    words: dict[str, int] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        word, frequency = line.split(" ")[:2]
        words[word] = int(frequency)
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for word, count in words.items():
        lines[word[0]].append(f"{word} {count}\n")
    beginnings = sorted(lines)
    groups = ["".join(lines[character]).encode() for character in beginnings]
    return GeneralChinese(
        beginnings=np.array([ord(character) for character in beginnings], np.int32),
        starts=np.cumsum([0, *map(len, groups)]).astype(np.int32),
        packed=np.frombuffer(b"".join(groups), np.uint8),
        total=sum(words.values()),
        everyday={
            word: CommonWord(count, syllables(word))
            for word, count in words.items()
            if count >= _COMMON and _SHORT_WORD.fullmatch(word)
        },
    )


def _to_arrays(general: GeneralChinese) -> Arrays:
    everyday = {word: [common.frequency, " ".join(common.syllables)] for word, common in general.everyday.items()}
    return {
        "beginnings": general.beginnings,
        "starts": general.starts,
        "packed": general.packed,
        "other": as_array({"total": general.total, "everyday": everyday}),
    }


def _from_arrays(arrays: Arrays) -> GeneralChinese:
    other = from_array(arrays["other"])
    everyday = {
        word: CommonWord(frequency, tuple(sounds.split(" "))) for word, (frequency, sounds) in other["everyday"].items()
    }
    return GeneralChinese(arrays["beginnings"], arrays["starts"], arrays["packed"], other["total"], everyday)


GENERAL = Codec("chinese", _to_arrays, _from_arrays)
