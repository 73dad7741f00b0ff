"""Slips of the hand that YAML takes for something else, found so that the right line is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

KEYS = (
    "about|aliases|broad|canonical|date|en|entries|id|line|name|names|near|not_covered|not_substance|phrasings|points"
    "|question|quotes|related|section|sections|source|speakers?|speech|terms|text|title|zh"
)
"""Keys of the curated files, as a pattern."""

_ODD_SPACE = r"[^\S\n\r\t ]"
"""A space that no YAML indentation may contain, such as those of web pages (U+00A0) and Chinese keyboards (U+3000)."""
_KEY_LINE = re.compile(rf"(?P<before>\s*(?:-\s+)?)(?P<key>(?:{KEYS})\s*[:：].?)")
_BLOCK = re.compile(r"(?:^|[:\s-])[|>][+-]?\d?[+-]?\s*(?: #.*)?$")
_NAMES = {"\u00a0": "a no-break space", "\u3000": "a full-width space"}


def slips(text: str) -> Iterator[tuple[int, str]]:
    """Yield the 1-based lines of a YAML text that were meant as keys and can't be read as such, with the reason."""
    block: int | None = None
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip(" "))
        if block is not None and (not line.strip() or indent > block):
            continue  # a block contains any text
        block = indent if _BLOCK.search(line) else None
        if (found := _KEY_LINE.match(line)) and (reason := _reason(found)):
            yield number, reason


def _reason(found: re.Match[str]) -> str:
    odd = re.search(_ODD_SPACE, found["before"])
    return odd_indent(odd[0]) if odd else wrong_colon(found["key"])


def odd_indent(space: str) -> str:
    """Return the message about a space that can't indent."""
    name = _NAMES.get(space, "a space of another kind")
    return f"is indented with U+{ord(space):04X}, {name}; indent with plain spaces"


def wrong_colon(text: str) -> str:
    """Return the message about a text that begins like a key without a proper colon; empty where it doesn't."""
    found = re.match(rf"({KEYS})\s*(：|:(?=\S))", text)
    if found is None:
        return ""
    what = "a full-width colon" if found[2] == "：" else "no space"
    return f"has {what} after '{found[1]}'; write '{found[1]}: ' and then its value"


def begins_oddly(key: str) -> str:
    """Return the message about a key that begins with a space that can't indent; empty where it doesn't."""
    odd = re.match(rf" *-?({_ODD_SPACE})", key)
    return odd_indent(odd[1]) if odd else ""
