"""One form for all the names and words that mean the same thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.knowledge.model import Term

_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True)
class Lexicon:
    """Replaces aliases by their term's canonical form, in normalised text."""

    terms: tuple[Term, ...]
    """The curated terms."""
    normalise: Callable[[str], str]
    """The matcher's normalising, for the aliases."""

    @cached_property
    def canonical_of(self) -> dict[str, str]:
        """Map every normalised alias to its normalised canonical form."""
        found: dict[str, str] = {}
        for term in self.terms:
            canonical = self.normalise(term.canonical)
            for alias in (term.canonical, *term.aliases):
                found[self.normalise(alias)] = canonical
        found.pop("", None)
        return found

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the normalised proper names, in all their spellings."""
        spellings = (spelling for term in self.terms if term.is_name for spelling in (term.canonical, *term.aliases))
        return tuple(dict.fromkeys(map(self.normalise, spellings)))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(_alternatives(self.canonical_of)) or r"(?!)")

    def canonical(self, text: str) -> str:
        """Replace each alias in normalised `text`, the longest first."""
        return self._pattern.sub(lambda found: self.canonical_of[found[0]], text)


def _alternatives(aliases: Iterable[str]) -> Iterable[str]:
    """Latin aliases count as whole words only; Chinese ones anywhere."""
    for alias in sorted(aliases, key=len, reverse=True):
        before = r"(?<![a-z0-9])" if _LATIN.match(alias[0]) else ""
        after = r"(?![a-z0-9])" if _LATIN.match(alias[-1]) else ""
        yield f"{before}{re.escape(alias)}{after}"
