"""How words sound: Mandarin syllables with the mix-ups of speech and of input methods made equal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin_dict

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
_FUZZY = (
    (re.compile(r"^zh"), "z"),
    (re.compile(r"^ch"), "c"),
    (re.compile(r"^sh"), "s"),
    (re.compile(r"^n(?=[aeiouv])"), "l"),
    (re.compile(r"^h(?=u)"), "f"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)
"""Pairs that speakers of many regions don't tell apart: z/zh, c/ch, s/sh, n/l, f/h, an/ang, en/eng, in/ing."""

_MAX_SYLLABLE = 6


def fuzzy(syllable: str) -> str:
    """Return the one form of a syllable and of those that are mixed up with it."""
    for pattern, replacement in _FUZZY:
        syllable = pattern.sub(replacement, syllable)
    return syllable


@lru_cache(maxsize=8192)
def _of_character(character: str) -> str:
    return fuzzy(lazy_pinyin(character, style=Style.NORMAL, errors="default")[0])


def syllables(text: str) -> tuple[str, ...]:
    """Return the fuzzy syllables of Chinese characters, and every Latin word or number as it is.

    Characters are read one by one: a wrong character in a word must not change how its neighbours are read.
    """
    found: list[str] = []
    for run in _HAN_RUN.findall(text):
        if "\u3400" <= run[0] <= "\u9fff":
            found.extend(map(_of_character, run))
        else:
            found.extend(run.split())
    return tuple(found)


@lru_cache(maxsize=1)
def all_syllables() -> frozenset[str]:
    """Return every toneless Mandarin syllable, spelt in full."""
    readings = (reading for readings in pinyin_dict.pinyin_dict.values() for reading in readings.split(","))
    plain = {_without_tone(reading) for reading in readings}
    return frozenset(syllable for syllable in plain if re.fullmatch(r"[a-z]{1,6}", syllable)) - _NOT_TYPED


_NOT_TYPED = frozenset({"m", "n", "ng", "hm", "hng", "e", "o", "r"})
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")


def _without_tone(reading: str) -> str:
    return reading.translate(_TONES)


def segment(letters: str, names: Iterable[str]) -> tuple[str, ...] | None:
    """Cut run-together pinyin into syllables and `names`; None where it can't be cut without rest.

    The cut with the fewest pieces wins; of several, the one whose first pieces are longest.
    """
    known = all_syllables()
    wanted = frozenset(names)
    longest = max([_MAX_SYLLABLE, *map(len, wanted)])
    best: list[tuple[str, ...] | None] = [None] * (len(letters) + 1)
    best[len(letters)] = ()
    for start in range(len(letters) - 1, -1, -1):
        for end in range(min(len(letters), start + longest), start, -1):
            rest = best[end]
            piece = letters[start:end]
            if rest is None or (piece not in known and piece not in wanted):
                continue
            current = best[start]
            if current is None or len(rest) + 1 < len(current):
                best[start] = (piece, *rest)
    return best[0]
