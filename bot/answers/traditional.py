"""Curated texts in traditional characters: OpenCC, and before it the words of `config/traditional.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import opencc

from bot.errors import SettingsError

_STANDARD = "s2tw"
"""Converts characters alone; the variants that replace words (s2twp, s2hkp) take words apart that are right."""


@dataclass(frozen=True)
class Traditional:
    """Writes simplified Chinese as readers in Taiwan and Hong Kong expect it; immutable after it is made."""

    words: Mapping[str, str]
    """Simplified word or phrase to what is written in its place; where several begin together, the longest wins."""
    characters: Mapping[str, str]
    """Character of the result to the one that takes its place."""

    def __call__(self, text: str) -> str:
        """Return `text` in traditional characters."""
        pieces = self._any_word.split(text)
        converted = (
            self.words[piece] if place % 2 else str(self._converter.convert(piece))
            for place, piece in enumerate(pieces)
        )
        return "".join(converted).translate(self._translation)

    @cached_property
    def _converter(self) -> opencc.OpenCC:
        return opencc.OpenCC(_STANDARD)

    @cached_property
    def _any_word(self) -> re.Pattern[str]:
        """Match a listed word, as a group, so that splitting keeps it at the odd places."""
        longest_first = sorted(self.words, key=len, reverse=True)
        return re.compile(f"({'|'.join(map(re.escape, longest_first)) or '(?!)'})")

    @cached_property
    def _translation(self) -> dict[int, str]:
        return {ord(character): other for character, other in self.characters.items()}


def read_traditional(path: Path) -> Traditional:
    """Read the list of words; raise SettingsError, which says what is wrong with it."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        words = {word: other for group in content["words"].values() for word, other in group.items()}
        characters = dict(content["characters"])
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise SettingsError(f"{path}: can't be read ({error}); restore it from the repository") from None
    for key, value in (*words.items(), *characters.items()):
        if not isinstance(value, str) or not key:
            raise SettingsError(f'{path}: \'{key}\' isn\'t a word with another in quotes; write "word" = "word"')
    if long := next((key for key in characters if len(key) != 1), None):
        raise SettingsError(f"{path}: '{long}' under [characters] isn't one character; put it under [words]")
    return Traditional(words, characters)
