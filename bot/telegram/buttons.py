"""What a button carries: compact callback data made of stable names; pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.knowledge.model import Language

MOST_BYTES = 64
"""Telegram's limit for callback data."""

_CODES: dict[Language, str] = {"zh": "s", "zh-Hant": "t", "en": "e"}
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_LANGUAGES: dict[str, Language] = {code: language for language, code in _CODES.items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer an entry in a new message."""

    language: Language
    """Language in which the tap is answered."""
    entry: str
    """The entry's name (see refs)."""


@dataclass(frozen=True, slots=True)
class Interviews:
    """Show the interviews in place."""

    language: Language
    """Language in which the tap is answered."""
    page: int = 0
    """0-based."""


@dataclass(frozen=True, slots=True)
class Sections:
    """Show an interview's sections in place."""

    language: Language
    """Language in which the tap is answered."""
    interview: str
    """The interview's name."""
    page: int = 0
    """0-based."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Show a section's entries in place."""

    language: Language
    """Language in which the tap is answered."""
    section: str
    """The section's name."""
    page: int = 0
    """0-based."""


@dataclass(frozen=True, slots=True)
class Read:
    """Show an entry in place, with a way back to the page of its section."""

    language: Language
    """Language in which the tap is answered."""
    entry: str
    """The entry's name."""
    page: int = 0
    """0-based page of the section that lists it."""


@dataclass(frozen=True, slots=True)
class Context:
    """Show the transcript around an entry's quotes in a new message."""

    language: Language
    """Language in which the tap is answered."""
    entry: str
    """The entry's name."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the answer below which it stands, for who asked and for the group's admins."""

    language: Language
    """Language in which the tap is answered."""
    asker: int
    """Id of the user, or of the chat in whose name the question was asked."""


Button: TypeAlias = Answer | Interviews | Sections | Entries | Read | Context | Delete

_NAMED: dict[str, type[Answer | Context]] = {"a": Answer, "c": Context}
_PAGED: dict[str, type[Sections | Entries | Read]] = {"s": Sections, "e": Entries, "r": Read}


def data(button: Button) -> str:
    """Write a button's callback data: kind and language, then what it names."""
    kind, *parts = _parts(button)
    return ":".join((f"{kind}{_CODES[button.language]}", *parts))


def _parts(button: Button) -> tuple[str, ...]:
    match button:
        case Delete(_, asker):
            return "d", str(asker)
        case Interviews(_, page):
            return "i", str(page)
        case Answer(_, name) | Context(_, name):
            return _kind(button, _NAMED), name
        case Sections(_, name, page) | Entries(_, name, page) | Read(_, name, page):
            return _kind(button, _PAGED), name, str(page)


def _kind(button: Button, kinds: Mapping[str, type]) -> str:
    return next(kind for kind, made in kinds.items() if isinstance(button, made))


def parse(written: str) -> Button | None:
    """Read callback data; None where no version of the bot wrote it."""
    head, *rest = written.split(":")
    language = _LANGUAGES.get(head[1:])
    if language is None:
        return None
    match head[0], rest:
        case "i", [page] if page.isdecimal():
            return Interviews(language, int(page))
        case "d", [asker] if _NUMBER.fullmatch(asker):
            return Delete(language, int(asker))
        case kind, [name] if kind in _NAMED:
            return _NAMED[kind](language, name)
        case kind, [name, page] if kind in _PAGED and page.isdecimal():
            return _PAGED[kind](language, name, int(page))
    return None
