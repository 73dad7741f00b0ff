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
_LATIN = "a-z\u00e0-\u01dc\u01f9\u1e3f"
_MARKED = re.compile(rf"(?<![{_LATIN}])[{_LATIN}]*[\u00e0-\u01dc\u01f9\u1e3f][{_LATIN}]*")
_NUMBERED = re.compile(r"(?<![a-z0-9])[a-z]{1,6}[1-5][a-z1-5]*(?![a-z0-9.])")
_LONGEST = 200
"""Letters of a word that is looked at: whole sentences are typed without a space, but none is longer."""
_PIECE = re.compile(r"([a-z]+)[1-5]?")
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
    numbered = {word for word in _NUMBERED.findall(text) if _is_numbered_pinyin(word)}
    if sum(map(_tone_count, numbered)) < _FEWEST_NUMBERED:
        return text
    return _NUMBERED.sub(lambda match: _letters(match[0]) if match[0] in numbered else match[0], text)


def _spelt_in_pinyin(match: re.Match[str]) -> str:
    known, syllables = _pinyin_of_zhuyin(), []
    for run in _ZHUYIN_TONES.sub(" ", match[0]).split():
        start = 0
        while start < len(run):
            sizes = range(min(_LONGEST_ZHUYIN, len(run) - start), 0, -1)
            size = next((size for size in sizes if run[start : start + size] in known), 0)
            if not size:
                return match[0]
            syllables.append(known[run[start : start + size]])
            start += size
    return f" {' '.join(syllables)} "


@lru_cache(maxsize=1)
def _pinyin_of_zhuyin() -> dict[str, str]:
    return {
        _ZHUYIN_TONES.sub("", str(convert(syllable, Style.BOPOMOFO, strict=True))): syllable
        for syllable in sorted(all_syllables(), reverse=True)
    }


def _unmarked(match: re.Match[str]) -> str:
    plain = _ROUNDED.sub("u", without_tone(match[0]))
    return plain if _is_pinyin(plain) else match[0]


def _is_numbered_pinyin(word: str) -> bool:
    """Return whether a word is pinyin with one number after some syllables."""
    return _PIECE.sub("", word) == "" and all(map(_is_pinyin, _PIECE.findall(word)))


def _is_pinyin(letters: str) -> bool:
    return len(letters) <= _LONGEST and bool(segment(letters, ()))


def _tone_count(word: str) -> int:
    return len(word) - len(_letters(word))


def _letters(word: str) -> str:
    return "".join(_PIECE.findall(word))
