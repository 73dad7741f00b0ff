"""One form for all the ways of typing the same words; used on questions and on knowledge alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

import opencc

from bot.knowledge.han import HAN
from bot.matching.romanise import without_tones, zhuyin_as_pinyin
from bot.matching.word_lists import LanguageWords

Stage: TypeAlias = Callable[["Normaliser", str], str]

_REMEMBERED = 1_024
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_URL = re.compile(rf"(?:https?://|www\.)[^\s\u3000-\u303f{HAN}]+|\b(?:t\.me|github\.com)/[^\s{HAN}]+")
_MENTION = re.compile(r"@[a-z0-9_]{2,}")
_COMMAND = re.compile(r"^\s*/[a-z_]+(?=\s|$)")
_HASHTAG = re.compile(r"(?:来自|via)?\s*#[^\s#]+(?![^\s#]*#)")
"""A tag after a text; words between two signs are a topic, and stay."""
_NOT_WORD = re.compile(rf"[^{HAN}\w]+|_+")
_LETTER_DIGIT = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_IN_WORD = "a-z0-9\u00df-\u024f"
"""Latin letters, with and without accents, and digits: next to one of these no word begins or ends."""
_SPELT_OUT = re.compile(rf"(?<![{_IN_WORD}])[a-z](?: [a-z])+(?![{_IN_WORD}])")
_BESIDE_HAN = re.compile(rf" +(?=[{HAN}])|(?<=[{HAN}]) +")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")


def without_invisible(_: Normaliser, text: str) -> str:
    """Drop zero-width, direction, variation and tag characters, and halves of surrogate pairs."""
    return _INVISIBLE.sub("", text)


def zhuyin(_: Normaliser, text: str) -> str:
    """Write zhuyin as pinyin; NFKC would break its neutral tone."""
    return text if text.isascii() else zhuyin_as_pinyin(text)


def compatible(_: Normaliser, text: str) -> str:
    """Apply NFKC (full width, styled letters) and lower case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())


def without_addressing(normaliser: Normaliser, text: str) -> str:
    """Drop links, mentions, a leading command, hashtags and what chat programs paste in brackets."""
    for pattern in (_URL, _MENTION, _COMMAND, _HASHTAG, normaliser.chat_marks):
        text = pattern.sub(" ", text)
    return text


def toneless(_: Normaliser, text: str) -> str:
    """Take tone marks and tone numbers off pinyin."""
    return without_tones(text)


def simplified(normaliser: Normaliser, text: str) -> str:
    """Convert traditional characters and Taiwanese words to simplified ones (OpenCC)."""
    if text.isascii():
        return text
    return str(normaliser.from_hongkong.convert(normaliser.from_taiwan.convert(text)))


def common_wording(normaliser: Normaliser, text: str) -> str:
    """Replace Cantonese and colloquial words by the common ones."""
    return normaliser.colloquial.sub(lambda match: normaliser.words.colloquial[match[0]], text)


def words_only(_: Normaliser, text: str) -> str:
    """Drop emoji and punctuation; set letters apart from digits; join letters that are spelt out."""
    text = _LETTER_DIGIT.sub(" ", _NOT_WORD.sub(" ", text))
    return _SPELT_OUT.sub(lambda match: match[0].replace(" ", ""), text)


def unstretched(_: Normaliser, text: str) -> str:
    """Write a letter or character that is repeated three times or more once."""
    return _STRETCHED.sub(r"\1", text)


def evenly_spaced(_: Normaliser, text: str) -> str:
    """Keep spaces between Latin words alone."""
    return _BESIDE_HAN.sub("", " ".join(text.split()))


def without_filler(normaliser: Normaliser, text: str) -> str:
    """Drop greetings, politeness and thinking sounds, unless nothing else is there."""
    left = text
    while (shorter := evenly_spaced(normaliser, normaliser.filler.sub(" ", left))) != left:
        left = shorter
    return left or text


INLINE: tuple[Stage, ...] = (
    without_invisible,
    zhuyin,
    compatible,
    without_addressing,
    toneless,
    simplified,
    common_wording,
)
"""Stages that keep punctuation, so that clauses can be told apart after them."""

WORDS: tuple[Stage, ...] = (words_only, unstretched, without_filler, evenly_spaced)
"""Stages that leave words alone; filler goes before spaces do, for 多。谢谢 contains no 多谢."""


@dataclass(frozen=True)
class Normaliser:
    """Runs the stages; immutable and free of I/O after it is made."""

    words: LanguageWords
    """Words that don't count, and words that are brought to one form."""

    def __call__(self, text: str) -> str:
        """Return the one form of `text`: lower-case words, simplified, without filler; may be empty."""
        return self._known(text)

    @cached_property
    def _known(self) -> Callable[[str], str]:
        """A message is asked for several times; builds remember the forms of their texts themselves."""
        return lru_cache(_REMEMBERED)(lambda text: self.of_inline(self.inline(text)))

    def inline(self, text: str) -> str:
        """Run the stages that keep punctuation."""
        return self._run(INLINE, text)

    def of_inline(self, text: str) -> str:
        """Run the rest on what `inline` returned, or on a clause of it."""
        return self._run(WORDS, text)

    def is_filler(self, inline: str) -> bool:
        """Return whether a text that `inline` returned says nothing but greetings, politeness and the like."""
        bare = self._run(WORDS[:-1], inline)
        return not self.filler.sub("", bare).strip()

    def _run(self, stages: Iterable[Stage], text: str) -> str:
        for stage in stages:
            text = stage(self, text)
        return text

    @cached_property
    def from_taiwan(self) -> opencc.OpenCC:
        """Taiwan's standard with its words to simplified."""
        return opencc.OpenCC("tw2sp")

    @cached_property
    def from_hongkong(self) -> opencc.OpenCC:
        """Hong Kong's variants, and whatever traditional is left, to simplified."""
        return opencc.OpenCC("hk2s")

    @cached_property
    def colloquial(self) -> re.Pattern[str]:
        """Match any colloquial word, the longest first."""
        return re.compile(_any_of(self.words.colloquial))

    @cached_property
    def chat_marks(self) -> re.Pattern[str]:
        """Match a bracket that begins with one of the chat programs' marks."""
        return re.compile(rf"[\[【(](?:{_any_of(self.words.chat_marks)})[^\]】)]*[\]】)]")

    @cached_property
    def filler(self) -> re.Pattern[str]:
        """Match any filler: Chinese anywhere, English as whole words."""
        chinese = _any_of((*self.words.politeness, *self.words.fillers))
        english = _any_of(re.sub(r"[^a-z ]", " ", word) for word in (*self.words.politeness_en, *self.words.fillers_en))
        return re.compile(rf"(?:{chinese})|(?<![{_IN_WORD}])(?:{english})(?![{_IN_WORD}])")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
