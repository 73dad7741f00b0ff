"""What a button carries: compact callback data made of stable names; pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.knowledge.model import Language
from bot.storage import votes

Decision: TypeAlias = Literal["belongs", "yes", "undo", "ignore", "later"]
"""Put the wording under an entry; let it take part; take that back; never offer it again; offer it later."""

MOST_BYTES = 64
"""Telegram's limit for callback data."""
NONE = "-"
"""Stands for no value."""

_CODES: dict[Language, str] = {"zh": "s", "zh-Hant": "t", "en": "e"}
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_EXCHANGE = re.compile(r"[A-Za-z0-9_-]{8}")
_LANGUAGES: dict[str, Language] = {code: language for language, code in _CODES.items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer an entry in a new message."""

    language: Language
    """Language in which the tap is answered."""
    entry: str
    """The entry's name (see refs)."""
    exchange: str = ""
    """Code of the exchange in which the entry was suggested; empty where it wasn't."""


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


@dataclass(frozen=True, slots=True)
class Vote:
    """Say what one thinks of an answer."""

    language: Language
    """Language in which the tap is answered."""
    vote: votes.Vote
    """What one thinks."""
    exchange: str
    """Code of the exchange."""


@dataclass(frozen=True, slots=True)
class Quotes:
    """Show the quotes of an answer in place."""

    language: Language
    """Language in which the tap is answered."""
    exchange: str
    """Code of the exchange."""


@dataclass(frozen=True, slots=True)
class Speak:
    """Fix the language of the answers for whoever taps."""

    language: Language
    """Language in which the tap is answered."""
    wanted: Language | None
    """None for that of the question."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Change what is set for a group."""

    language: Language
    """Language in which the tap is answered."""
    name: str
    """What is changed: "language", "quiet" or "topic"."""
    value: str
    """A language, a forum topic, "1", or "-" for none."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Show a page of the unanswered questions in place."""

    language: Language
    """Language in which the tap is answered."""
    page: int = 0
    """0-based."""


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide about an unanswered question."""

    language: Language
    """Language in which the tap is answered."""
    decision: Decision
    """What is to be done."""
    exchange: str
    """Code of the exchange in which it was asked."""
    entry: str = ""
    """Name of the entry that it belongs to, where that is what is decided."""


Button: TypeAlias = (
    Answer | Interviews | Sections | Entries | Read | Context | Delete | Vote | Quotes | Speak | Setting | Gaps | Decide
)

_NAMED: dict[str, type[Answer | Context | Quotes]] = {"a": Answer, "c": Context, "q": Quotes}
_PAGED: dict[str, type[Sections | Entries | Read]] = {"s": Sections, "e": Entries, "r": Read}
_NUMBERED: dict[str, type[Interviews | Gaps]] = {"i": Interviews, "g": Gaps}
_VOTES: dict[str, votes.Vote] = {"u": "up", "n": "down", "w": "wrong"}
_DECISIONS: dict[str, Decision] = {"b": "belongs", "y": "yes", "u": "undo", "i": "ignore", "l": "later"}
_SETTINGS = {"l": "language", "q": "quiet", "t": "topic"}


def data(button: Button) -> str:
    """Write a button's callback data: kind and language, then what it names."""
    kind, *parts = _parts(button)
    return ":".join((f"{kind}{_CODES[button.language]}", *parts))


def _parts(button: Button) -> tuple[str, ...]:
    match button:
        case Delete(_, asker):
            return "d", str(asker)
        case Answer(_, name, exchange) if exchange:
            return "a", name, exchange
        case Interviews(_, page) | Gaps(_, page):
            return _code(type(button), _NUMBERED), str(page)
        case Answer(_, name) | Context(_, name) | Quotes(_, name):
            return _code(type(button), _NAMED), name
        case Sections(_, name, page) | Entries(_, name, page) | Read(_, name, page):
            return _code(type(button), _PAGED), name, str(page)
        case Vote(_, vote, exchange):
            return "v", _code(vote, _VOTES), exchange
        case Speak(_, wanted):
            return "l", _CODES[wanted] if wanted is not None else NONE
        case Setting(_, name, value):
            return "o", _code(name, _SETTINGS), value
        case Decide(_, decision, exchange, entry):
            return "h", _code(decision, _DECISIONS), exchange, *filter(None, [entry])


def _code(meant: object, codes: Mapping[str, object]) -> str:
    return next(code for code, other in codes.items() if other == meant)


def parse(written: str) -> Button | None:
    """Read callback data; None where no version of the bot wrote it."""
    head, *rest = written.split(":")
    language = _LANGUAGES.get(head[1:])
    if language is None or "" in rest:
        return None
    match head[0], rest:
        case kind, [page] if kind in _NUMBERED and page.isdecimal():
            return _NUMBERED[kind](language, int(page))
        case "d", [asker] if _NUMBER.fullmatch(asker):
            return Delete(language, int(asker))
        case "a", [name, exchange] if _EXCHANGE.fullmatch(exchange):
            return Answer(language, name, exchange)
        case kind, [name] if kind in _NAMED:
            return _NAMED[kind](language, name)
        case kind, [name, page] if kind in _PAGED and page.isdecimal():
            return _PAGED[kind](language, name, int(page))
    return _feedback(language, head[0], rest)


def _feedback(language: Language, kind: str, rest: Sequence[str]) -> Button | None:
    match kind, rest:
        case "v", [vote, exchange] if vote in _VOTES and _EXCHANGE.fullmatch(exchange):
            return Vote(language, _VOTES[vote], exchange)
        case "l", [wanted] if wanted in {*_LANGUAGES, NONE}:
            return Speak(language, _LANGUAGES.get(wanted))
        case "o", [name, value] if name in _SETTINGS:
            return Setting(language, _SETTINGS[name], value)
        case "h", [decision, exchange, *entry] if decision in _DECISIONS and _EXCHANGE.fullmatch(exchange):
            return Decide(language, _DECISIONS[decision], exchange, *entry) if len(entry) <= 1 else None
    return None
