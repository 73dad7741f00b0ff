"""What a button carries: compact callback data made of stable names; pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bot.knowledge.model import Language

MOST_BYTES = 64
"""Telegram's limit for callback data."""

_CODES: dict[Language, str] = {"zh": "s", "zh-Hant": "t", "en": "e"}
_LANGUAGES: dict[str, Language] = {code: language for language, code in _CODES.items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer an entry in a new message."""

    language: Language
    entry: str
    """The entry's name (see refs)."""


@dataclass(frozen=True, slots=True)
class Interviews:
    """Show the interviews in place."""

    language: Language
    page: int = 0
    """0-based."""


@dataclass(frozen=True, slots=True)
class Sections:
    """Show an interview's sections in place."""

    language: Language
    interview: str
    """The interview's name."""
    page: int = 0
    """0-based."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Show a section's entries in place."""

    language: Language
    section: str
    """The section's name."""
    page: int = 0
    """0-based."""


@dataclass(frozen=True, slots=True)
class Read:
    """Show an entry in place, with a way back to the page of its section."""

    language: Language
    entry: str
    """The entry's name."""
    page: int = 0
    """0-based page of the section that lists it."""


Button: TypeAlias = Answer | Interviews | Sections | Entries | Read

_PAGED: dict[str, type[Sections | Entries | Read]] = {"s": Sections, "e": Entries, "r": Read}


def data(button: Button) -> str:
    """Write a button's callback data: kind and language, then what it names."""
    code = _CODES[button.language]
    match button:
        case Answer(_, entry):
            return f"a{code}:{entry}"
        case Interviews(_, page):
            return f"i{code}:{page}"
        case Sections(_, interview, page):
            return f"s{code}:{interview}:{page}"
        case Entries(_, section, page):
            return f"e{code}:{section}:{page}"
        case Read(_, entry, page):
            return f"r{code}:{entry}:{page}"


def parse(written: str) -> Button | None:
    """Read callback data; None where no version of the bot wrote it."""
    head, *rest = written.split(":")
    language = _LANGUAGES.get(head[1:])
    if language is None:
        return None
    match head[0], rest:
        case "a", [entry]:
            return Answer(language, entry)
        case "i", [page] if page.isdecimal():
            return Interviews(language, int(page))
        case kind, [name, page] if kind in _PAGED and page.isdecimal():
            return _PAGED[kind](language, name, int(page))
    return None
