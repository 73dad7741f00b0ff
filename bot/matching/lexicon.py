"""One form for all the names and words that mean the same thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from bot.knowledge import Term

_LATIN = re.compile(r"[a-z0-9]")

_Node: TypeAlias = dict[str, "_Node"]
"""A tree of aliases by character; the key "" marks where one ends."""


@dataclass(frozen=True)
class Lexicon:
    """Replaces aliases by their term's canonical form, in normalised text."""

    terms: tuple[Term, ...]
    """The concepts with their words."""
    normalise: Callable[[str], str]
    """Brings an alias to the form of the texts it is looked for in."""

    @cached_property
    def canonical_of(self) -> dict[str, str]:
        """Map every normalised alias to its normalised canonical form."""
        canonical_of: dict[str, str] = {}
        for term in self.terms:
            canonical = self.normalise(term.canonical)
            for alias in (term.canonical, *term.aliases):
                canonical_of[self.normalise(alias)] = canonical
        canonical_of.pop("", None)
        return canonical_of

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the normalised proper names, in all their spellings."""
        spellings = (spelling for term in self.terms if term.is_name for spelling in (term.canonical, *term.aliases))
        return tuple(dict.fromkeys(map(self.normalise, spellings)))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        root: _Node = {}
        for alias in self.canonical_of:
            node = root
            for character in alias:
                node = node.setdefault(character, {})
            node[""] = {}
        return re.compile("|".join(_starting(character, node) for character, node in root.items()) or r"(?!)")

    def canonical(self, text: str) -> str:
        """Replace each alias in normalised `text`, the longest first."""
        return self._pattern.sub(lambda match: self.canonical_of[match[0]], text)


def _starting(character: str, node: _Node) -> str:
    """Latin aliases count as whole words only; Chinese ones anywhere."""
    # looked back for after the first character: so `re` can skip to the characters that begin an alias
    before = r"(?<![a-z0-9].)" if _LATIN.match(character) else ""
    return f"{re.escape(character)}{before}{_following(character, node)}"


def _following(last: str, node: _Node) -> str:
    """Return what may follow in a tree of aliases, the longest first."""
    ways = [re.escape(character) + _following(character, child) for character, child in node.items() if character]
    if "" in node:
        ways.append(r"(?![a-z0-9])" if _LATIN.match(last) else "")
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
