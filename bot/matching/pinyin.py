"""How words sound: Mandarin syllables with the mix-ups of speech and of input methods made equal."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from functools import lru_cache

# characters are read one by one, so the library's phrases would be loaded for nothing
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, lazy_pinyin, pinyin_dict  # reads the variable when it is imported

from bot.knowledge.han import HAN

_RUN = re.compile(rf"([{HAN}]+)|[^{HAN}]+")
_FUZZY = (
    (re.compile(r"^([ln])y?u(?=e$)"), r"\1v"),
    (re.compile(r"^([ln])yu$"), r"\1v"),
    (re.compile(r"^zh"), "z"),
    (re.compile(r"^ch"), "c"),
    (re.compile(r"^sh"), "s"),
    (re.compile(r"^n(?=[aeiouv])"), "l"),
    (re.compile(r"^h(?=u)"), "f"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)
"""Ways to type ü (lue, lyue, lyu), then pairs that speakers of many regions don't tell apart: z/zh, c/ch, s/sh, n/l,
f/h, an/ang, en/eng, in/ing."""

_MAX_SYLLABLE = 6
_MOST_CUTS = 8


def fuzzy(syllable: str) -> str:
    """Return the one form of a syllable and of those that are mixed up with it."""
    for pattern, replacement in _FUZZY:
        syllable = pattern.sub(replacement, syllable)
    return "sui" if syllable == "sei" else syllable  # shui and shei are two readings of one word


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL, errors="default")[0]


@lru_cache(maxsize=8192)
def _of_character(character: str) -> str:
    return fuzzy(_plain(character))


def plain_syllables(word: str) -> tuple[str, ...]:
    """Return the toneless syllable of each Chinese character, spelt in full."""
    return tuple(map(_plain, word))


def syllables(text: str) -> tuple[str, ...]:
    """Return the fuzzy syllables of Chinese characters, and every Latin word or number as it is.

    Characters are read one by one: a wrong character in a word must not change how its neighbours are read.
    """
    sounds: list[str] = []
    for run in _RUN.finditer(text):
        sounds.extend(map(_of_character, run[0]) if run[1] else run[0].split())
    return tuple(sounds)


@lru_cache(maxsize=1)
def all_syllables() -> frozenset[str]:
    """Return every toneless Mandarin syllable, spelt in full."""
    readings = (reading for readings in pinyin_dict.pinyin_dict.values() for reading in readings.split(","))
    plain = {without_tone(reading) for reading in readings}
    spelt = frozenset(syllable for syllable in plain if re.fullmatch(r"[a-z]{1,6}", syllable))
    return (spelt - _NOT_TYPED) | _WITHOUT_DOTS


_NOT_TYPED = frozenset({"m", "n", "ng", "hm", "hng", "e", "o", "r"})
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")


_WITHOUT_DOTS = frozenset({"lue", "nue", "lyu", "nyu", "lyue", "nyue"})
"""Ways to type lü, nü, lüe and nüe on a keyboard, in addition to lv and lve."""


def without_tone(reading: str) -> str:
    """Return lower-case pinyin without tone marks, ü as v."""
    return reading.translate(_TONES)


def segment(letters: str, names: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Cut run-together pinyin into syllables and `names`: all the cuts with the fewest pieces, if there are any."""
    known = all_syllables()
    longest = max([_MAX_SYLLABLE, *map(len, names)])
    cuts: list[list[tuple[str, ...]]] = [[] for _ in letters] + [[()]]
    for start in range(len(letters) - 1, -1, -1):
        for end in range(start + 1, min(len(letters), start + longest) + 1):
            piece = letters[start:end]
            if piece in known or piece in names:
                cuts[start].extend((piece, *rest) for rest in cuts[end])
        fewest = min(map(len, cuts[start]), default=0)
        cuts[start] = [cut for cut in cuts[start] if len(cut) == fewest][:_MOST_CUTS]
    return tuple(cuts[0])
