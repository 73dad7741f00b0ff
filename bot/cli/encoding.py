"""What encoding the bytes of a pipe are in: told from the bytes, and never guessed where that is unsure."""

from __future__ import annotations

import codecs
import locale
import re
import unicodedata
from collections.abc import Mapping

from bot.errors import BotError

UTF_8 = "utf-8"
WIDE = ("utf-16-le", "utf-16-be")
_MARKS: Mapping[bytes, str] = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_CHINESE = frozenset({"gbk", "gb2312", "gb18030", "hz", "big5", "big5hkscs", "cp950"})
"""Encodings of Chinese systems, by the names of `codecs`."""
_ROWS: Mapping[str, tuple[str, range]] = {
    "gb18030": ("gb2312", range(0xB0, 0xD8)),
    "cp950": ("big5", range(0xA4, 0xC7)),
}
"""The characters that each standard calls frequent: the encoding that contains them, and their first bytes."""
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
"""Characters that nobody types, but that are halves of Chinese ones."""
_SURE, _CLEAR = 0.85, 0.2
"""Share of frequent characters that shows a text to be read right, and what it must be ahead of other readings."""


class EncodingError(BotError):
    """Standard input can't be read for sure."""


def wide_encoding(first: bytes) -> str | None:
    """Return which UTF-16 a text is written in, by its first line as cut after a byte 0A; None for any other."""
    if first[:2] in _MARKS:
        return _MARKS[first[:2]]
    if b"\0" in first:  # half of an ASCII character, and in hardly a text of another encoding
        best = max(WIDE, key=lambda encoding: _readable(first, encoding))
        return best if _readable(first, best) >= _SURE else None
    text = _read(first, UTF_8)
    found = likeliest(first) if text is None or _CONTROL.search(text) else None
    return found if found in WIDE else None


def decode(raw: bytes, number: int, before: str | None = None) -> tuple[str, str]:
    """Return the text of a line and its encoding; raise EncodingError where that can't be told for sure.

    `number` is the line's, counted from 1; `before` is the encoding of a line before it that wasn't UTF-8.
    """
    known = [before] if before in WIDE else [UTF_8, system_encoding(), likeliest(raw), before]
    if before is not None and _frequent(raw, before) >= _SURE > _frequent(raw, UTF_8):
        known = [before]  # a short line may be UTF-8 by chance
    for encoding in known:
        if encoding is not None and (text := _read(raw, encoding)) is not None:
            return text, encoding
    raise EncodingError(
        f"standard input, line {number}: isn't UTF-8, and what else it is can't be told for sure; write UTF-8 "
        "(Windows: `chcp 65001`, PowerShell: `$OutputEncoding = [Text.Encoding]::UTF8`)"
    )


def system_encoding() -> str | None:
    """Return the encoding of this system's own texts, where it is a Chinese one."""
    name = codecs.lookup(locale.getencoding()).name
    return name if name in _CHINESE else None


def likeliest(raw: bytes) -> str | None:
    """Return the one encoding in which bytes are surely Chinese, or None."""
    shares = {encoding: _frequent(raw, encoding) for encoding in (*_ROWS, *WIDE)}
    (best, most), (_, second), *_ = sorted(shares.items(), key=lambda pair: -pair[1])
    return best if most >= _SURE and most - second >= _CLEAR else None


def _readable(raw: bytes, encoding: str) -> float:
    """Return the share of what people type among the characters that bytes would be."""
    text = _read_line(raw, encoding) or ""
    typed = [one.isascii() or _is_sign(one) or any(_is_frequent(one, standard) for standard in _ROWS) for one in text]
    return sum(typed) / len(typed) if typed else 0.0


def _frequent(raw: bytes, encoding: str) -> float:
    """Return the share of frequent Chinese characters among the letters that bytes would be, ASCII left out."""
    text = _read_line(raw, encoding) or ""
    letters = [one for one in text if not one.isascii() and not _is_sign(one) and unicodedata.category(one) != "So"]
    standards = [encoding] if encoding in _ROWS else list(_ROWS)
    frequent = sum(any(_is_frequent(letter, standard) for standard in standards) for letter in letters)
    return frequent / len(letters) if letters else 0.0


def _is_sign(character: str) -> bool:
    """Return whether it is one of the signs that Chinese is written with."""
    return character in "“”‘’…—·" or "\u3000" <= character <= "\u3017" or "\uff01" <= character <= "\uff5e"


def _is_frequent(character: str, standard: str) -> bool:
    encoding, first_bytes = _ROWS[standard]
    try:
        return character.encode(encoding)[0] in first_bytes
    except UnicodeEncodeError:
        return False


def _read_line(raw: bytes, encoding: str) -> str | None:
    """Read bytes up to a byte 0A, which may be the first half of a line's end."""
    return _read(raw + b"\0" if encoding == WIDE[0] and len(raw) % 2 else raw, encoding)


def _read(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
