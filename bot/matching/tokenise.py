"""From normalised text to the terms of the index; the same for questions and knowledge."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from bot.knowledge.han import HAN
from bot.matching.general_chinese import GeneralChinese

_HAN = re.compile(rf"[{HAN}]+")
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_SHORTEST_STEM = 3
_PARTICLES = frozenset("呢吗吧的了么")
"""Characters that only colour a sentence."""


class Segmenter:
    """Cuts Chinese into the likeliest words: those of general Chinese, and names.

    A word is as likely as it is frequent, and independent of its neighbours (a unigram model); of all the ways to cut,
    dynamic programming finds the likeliest. This is how jieba cuts without its model for unknown words.
    """

    def __init__(self, general: GeneralChinese, names: Iterable[str]) -> None:
        """`names` are normalised; those that aren't Chinese throughout are left out, as nothing cuts Latin words."""
        self.general = general
        """The words of general Chinese."""
        self._total = general.total
        self._with_names: dict[str, dict[str, int]] = {}
        for name in names:
            if _HAN.fullmatch(name):
                self._add(name)

    def words(self, text: str) -> list[str]:
        """Return the words of normalised text without particles, Latin ones stemmed."""
        words: list[str] = []
        for run in _RUN.findall(text):
            words.extend((stem(run),) if run.isascii() else self._cut(run))
        return [word for word in words if word not in _PARTICLES]

    def _beginning_with(self, character: str) -> dict[str, int]:
        """Return frequencies of the words that begin with a character, and 0 for what longer words begin with."""
        return self._with_names.get(character) or self.general.beginning_with(character)

    def _add(self, name: str) -> None:
        """Make a name more frequent than its parts one after another, so that it is cut as a whole."""
        together = 1.0
        for part in self._cut(name):
            together *= self._beginning_with(part[0]).get(part, 1) / self._total
        words = self._with_names.setdefault(name[0], dict(self.general.beginning_with(name[0])))
        for end in range(1, len(name)):
            words.setdefault(name[:end], 0)
        words[name] = max(int(together * self._total) + 1, words.get(name, 1))
        self._total += words[name]

    def _cut(self, run: str) -> list[str]:
        """Cut a run of Chinese characters; of two ways that are equally likely, the one with the longer first word."""
        log_total = math.log(self._total)
        # from each place on: the log-probability of the likeliest words, and where the first of them ends
        best = [(0.0, 0)] * (len(run) + 1)
        for start in reversed(range(len(run))):
            known = self._beginning_with(run[start])
            best[start] = max(
                (math.log(frequency or 1) - log_total + best[end][0], end)
                for end, frequency in _prefixes(run, start, known)
            )
        words, start = [], 0
        while start < len(run):
            end = best[start][1]
            words.append(run[start:end])
            start = end
        return words


def _prefixes(run: str, start: int, known: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """Yield the ends and frequencies of the known words at a place; of a character that begins none, its own end."""
    found = False
    for end in range(start + 1, len(run) + 1):
        frequency = known.get(run[start:end])
        if frequency is None:
            break
        if frequency:
            found = True
            yield end, frequency
    if not found:
        yield start + 1, known.get(run[start], 0)


def stem(word: str) -> str:
    """Strip the commonest English endings, so that "deals" finds "deal"."""
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith("ss"):
            return word[: len(word) - len(ending)] + replacement
    return word


def terms(text: str, words: Iterable[str], syllables: tuple[str, ...]) -> tuple[str, ...]:
    """Return the index terms of normalised text, each once, marked by kind.

    `c:` characters, `b:` character pairs, `w:` words, `p:` pairs of pinyin syllables.
    """
    return tuple(dict.fromkeys(_terms(text, words, syllables)))


def _terms(text: str, words: Iterable[str], syllables: tuple[str, ...]) -> Iterator[str]:
    for run in _HAN.findall(text):
        yield from (f"c:{character}" for character in run if character not in _PARTICLES)
        yield from (f"b:{run[at : at + 2]}" for at in range(len(run) - 1))
    yield from (f"w:{word}" for word in words)
    yield from (f"p:{first} {second}" for first, second in pairwise(syllables))
