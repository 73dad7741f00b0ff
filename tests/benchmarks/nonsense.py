"""Long messages that ask nothing, as people send them to see what happens."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from bot.matching.pinyin import all_syllables

_COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出"
    "就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
)

NONSENSE: Mapping[str, Sequence[str]] = {
    "any Chinese characters": [chr(code) for code in range(0x4E00, 0x9FA5)],
    "common Chinese characters": _COMMON,
    "Chinese characters and signs": f"{_COMMON}，。？、和",
    "short questions": [f"他怎么看{one}{other}？" for one, other in zip(_COMMON, reversed(_COMMON), strict=True)],
    "lines": [f"{one}呢{other}\n" for one, other in zip(_COMMON, reversed(_COMMON), strict=True)],
    "letters": "abcdefghijklmnopqrstuvwxyz    ",
    "letters without spaces": "abcdefghijklmnopqrstuvwxyz",
    "what a keyboard has": [chr(code) for code in range(33, 127)],
    "English words": [
        f"{word} " for word in ("what", "is", "the", "sora", "does", "he", "think", "opne", "about?", "modle")
    ],
    "pinyin": sorted(all_syllables()),
    "pinyin with spaces": [f"{syllable} " for syllable in sorted(all_syllables())],
    "emoji": [chr(code) for code in range(0x1F300, 0x1F600)],
    "any signs": [chr(code) for code in range(33, 0xD800)],
    "one character": "哈",
    "one letter": "a",
    "digits": "0123456789",
    "question marks": "？",
    "follow-ups": ["他呢？", "展开说说", "第一个呢"],
    "filler": ["嗯请问", "谢谢", "please "],
    "brackets": ["[图片", "[", "(("],
}
"""What each kind is made of."""


def nonsense(kind: str, length: int) -> str:
    """Return a message of `length` characters; the same for the same kind and length."""
    chance = random.Random(kind)  # noqa: S311 - drawn for a measurement, guards nothing
    pieces = NONSENSE[kind]
    return "".join(chance.choice(pieces) for _ in range(length))[:length]
