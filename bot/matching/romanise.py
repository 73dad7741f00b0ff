"""Chinese typed by its sound in other ways than plain letters, brought to plain pinyin without tones.

Read are zhuyin (ㄏㄜˊㄋㄥˊ), tone marks (hénéng), tone numbers (he2neng2) and the ways to type ü (lüe, lu:e, lve).
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style
from pypinyin.style import convert

from bot.matching.pinyin import all_syllables, segment, without_tone

_TONES = r"\u02c7\u02c9-\u02cb\u02d9"
_ZHUYIN = re.compile(rf"[{_TONES}]?[\u3105-\u3129][\u3105-\u3129{_TONES}\s]*")
_ZHUYIN_TONES = re.compile(rf"[{_TONES}]")
_LONGEST_ZHUYIN = 3
_MARKED = re.compile(r"[a-z\u00e0-\u01dc\u01f9\u1e3f]*[\u00e0-\u01dc\u01f9\u1e3f][a-z\u00e0-\u01dc\u01f9\u1e3f]*")
_NUMBERED = re.compile(r"(?<![a-z0-9])(?:[a-z]{1,6}[1-5])+(?:[a-z]{1,6}[1-5]?)*(?![a-z0-9.])")
"""A word that holds a tone number behind its first syllables."""
_PIECE = re.compile(r"[a-z]+")
_FEWEST_NUMBERED = 2
"""Tone numbers in a message from which they are taken as such: sora 2 and wan2 are names."""
_COLON = re.compile(r"(?<=[ln]u):(?=e?(?:[1-5\s]|$))")
"""The colon of lu:e, as dictionaries type it; lue is read as the same."""
_ROUNDED = re.compile(r"(?<=[jqxy])v")


def zhuyin_as_pinyin(text: str) -> str:
    """Write zhuyin, with and without tones, as pinyin, a space around each syllable."""
    return _ZHUYIN.sub(_spelt_in_pinyin, text)


def without_tones(text: str) -> str:
    """Take tone marks and tone numbers off pinyin, and write ü as v; anything else stays as it is."""
    if not text.isascii():
        text = _MARKED.sub(_unmarked, text)
    text = _COLON.sub("", text)
    found = [word for word in _NUMBERED.findall(text) if _is_numbered_pinyin(word)]
    if sum(character.isdigit() for word in found for character in word) < _FEWEST_NUMBERED:
        return text
    return _NUMBERED.sub(lambda word: _unnumbered(word[0]) if word[0] in found else word[0], text)


def _spelt_in_pinyin(found: re.Match[str]) -> str:
    known, syllables = _pinyin_of_zhuyin(), []
    for run in _ZHUYIN_TONES.sub(" ", found[0]).split():
        start = 0
        while start < len(run):
            sizes = range(min(_LONGEST_ZHUYIN, len(run) - start), 0, -1)
            size = next((size for size in sizes if run[start : start + size] in known), 0)
            if not size:
                return found[0]
            syllables.append(known[run[start : start + size]])
            start += size
    return f" {' '.join(syllables)} "


@lru_cache(maxsize=1)
def _pinyin_of_zhuyin() -> dict[str, str]:
    return {
        _ZHUYIN_TONES.sub("", str(convert(syllable, Style.BOPOMOFO, strict=True))): syllable
        for syllable in sorted(all_syllables(), reverse=True)
    }


def _unmarked(found: re.Match[str]) -> str:
    plain = _ROUNDED.sub("u", without_tone(found[0]))
    return plain if segment(plain, ()) else found[0]


def _is_numbered_pinyin(word: str) -> bool:
    return all(segment(piece, ()) for piece in _PIECE.findall(word))


def _unnumbered(word: str) -> str:
    return "".join(_PIECE.findall(word))
