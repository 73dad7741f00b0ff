"""From normalised text to the terms of the index; the same for questions and knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import jieba

from bot.knowledge.han import HAN
from bot.matching.general_chinese import GeneralChinese

_HAN = re.compile(rf"[{HAN}]+")
_LATIN = re.compile(r"[a-z0-9]+")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_SHORTEST_STEM = 3
_PARTICLES = frozenset("呢吗吧的了么")
"""Characters that only colour a sentence."""


class Segmenter:
    """Cuts Chinese into words with a dictionary of its own, which holds the lexicon's names.

    jieba's algorithm looks up nothing but words and beginnings of words, so the dictionary is filled with those that
    begin with a character once that character is met.
    """

    def __init__(self, general: GeneralChinese, names: Iterable[str]) -> None:
        """Begin with `names` alone."""
        self.general = general
        """The words of general Chinese."""
        self._met: set[str] = set()
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.total = general.total
        self._tokenizer.initialized = True
        for name in names:
            if _HAN.fullmatch(name):
                self._meet(name)
                self._tokenizer.add_word(name)

    def words(self, text: str) -> list[str]:
        """Return the words of normalised text without particles, Latin ones stemmed."""
        words: list[str] = []
        self._meet(text)
        for piece in self._tokenizer.cut(text, HMM=False):
            if piece in _PARTICLES:
                continue
            if _HAN.match(piece):
                words.append(piece)
            elif match := _LATIN.search(piece):
                words.append(stem(match[0]))
        return words

    def _meet(self, text: str) -> None:
        for character in set(text) - self._met:
            self._tokenizer.FREQ.update(self.general.beginning_with(character))
            self._met.add(character)


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
