"""Which language to reply in: the message's, or else the asker's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import opencc

from bot.knowledge import Language
from bot.knowledge.han import HAN

_HAN = re.compile(rf"[{HAN}]")
_ZHUYIN = re.compile(r"[\u3105-\u3129]")
_CANTONESE = re.compile(r"[嘅喺咗哋冇啲嗰噉咁嚟睇佢唔咩乜]")
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""Scripts and regions of a language tag that mean traditional characters."""


def language_of_tag(tag: str | None) -> Language:
    """Return the reply language for an IETF tag; Chinese where there is none, English for one that isn't Chinese."""
    language, *rest = (tag or "zh").casefold().replace("_", "-").split("-")
    if language != "zh":
        return "en"
    if "hans" in rest:
        return "zh"
    return "zh-Hant" if TRADITIONAL.intersection(rest) else "zh"


@dataclass(frozen=True)
class LanguageDetector:
    """Tells Chinese from English, and traditional from simplified characters."""

    @cached_property
    def _to_simplified(self) -> opencc.OpenCC:
        return opencc.OpenCC("t2s")

    @cached_property
    def _to_traditional(self) -> opencc.OpenCC:
        """Return the converter of replies, whose dictionary is in memory once; another standard's takes 15 MB more."""
        return opencc.OpenCC("s2tw")

    @cached_property
    def _to_taiwans(self) -> opencc.OpenCC:
        """Convert traditional characters to those that Taiwan writes."""
        return opencc.OpenCC("t2tw")

    def __call__(self, text: str, tag: str | None, *, is_pinyin: bool) -> Language:
        """Return the reply language; `tag` decides where the message has no language of its own."""
        han = "".join(_HAN.findall(text))
        if han:
            return self._script(han, tag)
        if _ZHUYIN.search(text):
            return "zh-Hant"  # Taiwan alone writes it
        if is_pinyin:
            return language_of_tag(tag) if (tag or "").lower().startswith("zh") else "zh"
        return "en" if re.search(r"[A-Za-z]{2}", text) else language_of_tag(tag)

    def _script(self, han: str, tag: str | None) -> Language:
        if _CANTONESE.search(han):
            return "zh-Hant"
        traditional = sum(a != b for a, b in zip(han, self._to_simplified.convert(han), strict=False))
        both = zip(han, self._to_taiwans.convert(han), self._to_traditional.convert(han), strict=False)
        simplified = sum(a == variant != b for a, variant, b in both)
        if traditional != simplified:
            return "zh-Hant" if traditional > simplified else "zh"
        return language_of_tag(tag) if (tag or "").lower().startswith("zh") else "zh"
