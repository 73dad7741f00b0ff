"""Words and names of English: one among them was meant as it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError

_PREFIXES = ("un", "re", "non", "dis", "mis", "pre", "over", "out", "in")
_SUFFIXES = (
    ("s", ""), ("es", ""), ("ies", "y"), ("d", ""), ("ed", ""), ("ied", "y"), ("ing", ""), ("ing", "e"),
    ("r", ""), ("er", ""), ("ier", "y"), ("st", ""), ("est", ""), ("ly", ""), ("ily", "y"), ("y", "e"),
    ("ness", ""), ("iness", "y"), ("able", ""), ("able", "e"),
)  # fmt: skip
"""Endings, each with what the word that it was added to ends in instead: "ied" of "tried" stands for "y"."""
_SHORTEST_BASE = 3


@dataclass(frozen=True)
class CommonEnglish:
    """The common words of English, stored as the words that others are derived from."""

    bases: frozenset[str]
    """Words that aren't derived from another one by an affix."""

    def __contains__(self, word: object) -> bool:
        """Return whether a lower-case word is common, itself or as a form of one that is."""
        return isinstance(word, str) and any(form in self.bases for form in (word, *_without_affixes(word)))


def _without_affixes(word: str) -> Iterator[str]:
    """Yield what a word may be derived from by one ending, one beginning, or both."""
    for stem in (word, *_without_ending(word)):
        if stem != word:
            yield stem
        for prefix in _PREFIXES:
            if stem.startswith(prefix) and len(stem) - len(prefix) >= _SHORTEST_BASE:
                yield stem[len(prefix) :]


def _without_ending(word: str) -> Iterator[str]:
    for ending, instead in _SUFFIXES:
        base = word[: len(word) - len(ending)] + instead
        if word.endswith(ending) and len(base) >= _SHORTEST_BASE:
            yield base
            if instead == "" and base[-1] == base[-2]:  # stopped, stopping
                yield base[:-1]


def read_english(*paths: Path) -> CommonEnglish:
    """Read lists of words, one a line, "#" before comments; raise SettingsError where one can't be read."""
    return CommonEnglish(frozenset(word for path in paths for word in _words(path)))


def _words(path: Path) -> Iterator[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        message = f"{path}: can't be read as a list of words ({error}); restore it from the repository"
        raise SettingsError(message) from None
    return (line for line in lines if line and not line.startswith("#"))
