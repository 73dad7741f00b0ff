"""From normalised text to the terms of the index; the same for questions and knowledge."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
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
        self._with_names: dict[str, dict[str, int]] = {}  # by the first two characters
        self._lone: dict[str, int] = {}  # names of one character
        for name in names:
            if _HAN.fullmatch(name):
                self._add(name)

    def words(self, text: str) -> list[str]:
        """Return the words of normalised text without particles, Latin ones stemmed."""
        words: list[str] = []
        for run in _RUN.findall(text):
            words.extend((stem(run),) if run.isascii() else self._cut(run))
        return [word for word in words if word not in _PARTICLES]

    def _beginning_with(self, pair: str) -> Mapping[str, int]:
        """Return frequencies of the words that begin with a pair of characters, see `GeneralChinese.beginning_with`."""
        with_names = self._with_names.get(pair)
        if with_names is not None:
            return with_names
        known, lone = self.general.beginning_with(pair), self._lone.get(pair[0])
        return known if lone is None else {**known, pair[0]: lone}

    def _add(self, name: str) -> None:
        """Make a name more frequent than its parts one after another, so that it is cut as a whole."""
        together = 1.0
        for part in self._cut(name):
            together *= self._beginning_with(part[:2]).get(part, 1) / self._total
        words = dict(self._beginning_with(name[:2]))
        for end in range(1, len(name)):
            words.setdefault(name[:end], 0)
        words[name] = max(int(together * self._total) + 1, words.get(name, 1))
        self._total += words[name]
        if len(name) > 1:
            self._with_names[name[:2]] = words
            return
        self._lone[name] = words[name]
        for others in self._with_names.values():
            if name in others:
                others[name] = words[name]

    def _cut(self, run: str) -> list[str]:
        """Cut a run of Chinese characters; of two ways that are equally likely, the one with the longer first word."""
        log_total, size = math.log(self._total), len(run)
        # from each place on: the log-probability of the likeliest words, and where the first of them ends
        best, ends = [0.0] * (size + 1), [0] * size
        for start in reversed(range(size)):
            known = self._beginning_with(run[start : start + 2])
            likeliest, first_end = -math.inf, 0
            for end in range(start + 1, size + 1):
                frequency = known.get(run[start:end])
                if frequency is None:
                    break
                if frequency and (likelihood := math.log(frequency) - log_total + best[end]) >= likeliest:
                    likeliest, first_end = likelihood, end
            if not first_end:  # no word begins here; the character stands by itself
                likeliest, first_end = best[start + 1] - log_total, start + 1
            best[start], ends[start] = likeliest, first_end
        words, start = [], 0
        while start < size:
            words.append(run[start : ends[start]])
            start = ends[start]
        return words


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
    found: list[str] = []
    for run in _HAN.findall(text):
        found += [f"c:{character}" for character in run if character not in _PARTICLES]
        found += [f"b:{first}{second}" for first, second in pairwise(run)]
    found += [f"w:{word}" for word in words]
    found += [f"p:{first} {second}" for first, second in pairwise(syllables)]
    return tuple(dict.fromkeys(found))
