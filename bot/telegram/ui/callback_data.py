"""Callback data: encodes a button, a frozen dataclass, into the at most 64 bytes that Telegram stores with it.

The data is the button's code and the code of its language, then the other fields in order, joined by colons:
`rs:energy-talk_solar:0`. Each field's annotation says how it is written; a text field whose default is empty is left
out where it is empty.

Messages in chats keep their buttons for ever. So a code and its fields never change their meaning: what has to change
gets a new code, and the old class stays for as long as its buttons should work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar, get_type_hints

from bot.knowledge.model import Language
from bot.telegram.ui.short_ids import MAX_SHORT_ID_CHARACTERS


@dataclass(frozen=True, slots=True)
class FieldFormat:
    """How the value of a field is written."""

    pattern: str
    """Regular expression that the whole text must match; it never matches a colon."""
    read: Callable[[str], Any] = str
    """Converts a text that matches to the value."""
    write: Callable[[Any], str] = str
    """Converts a value to its text."""


def one_of(codes: Mapping[Any, str]) -> FieldFormat:
    """Return the format of a field with a few possible values, each written as its code."""
    values = {code: value for value, code in codes.items()}
    return FieldFormat("|".join(map(re.escape, values)), values.__getitem__, codes.__getitem__)


LANGUAGE_CODES: Mapping[Language, str] = {"zh": "s", "zh-Hant": "t", "en": "e"}
NONE = "-"
"""Stands for no value."""

LanguageField: TypeAlias = Annotated[Language, one_of(LANGUAGE_CODES)]
OptionalLanguage: TypeAlias = Annotated[Language | None, one_of({**LANGUAGE_CODES, None: NONE})]
ShortId: TypeAlias = Annotated[str, FieldFormat(f"[A-Za-z0-9_-]{{1,{MAX_SHORT_ID_CHARACTERS}}}")]
"""Id of an interview, a section or an entry, made by `short_ids.short_id`."""
ExchangeId: TypeAlias = Annotated[str, FieldFormat("[A-Za-z0-9_-]{8}")]
"""Id of an exchange, made by `short_ids.encode_exchange_id`."""
PageNumber: TypeAlias = Annotated[int, FieldFormat("[0-9]{1,9}", int)]
"""0-based."""
ChatId: TypeAlias = Annotated[int, FieldFormat("-?[0-9]{1,19}", int)]
"""Id of a user or of a chat; those of groups are negative."""


@dataclass(frozen=True, slots=True)
class Button:
    """Base class of the kinds of buttons, each a frozen dataclass whose fields are its callback data."""

    code: ClassVar[str]
    """One letter that no other kind has."""
    language: LanguageField
    """Language in which a tap is answered."""


_ButtonT = TypeVar("_ButtonT", bound=Button)


def encode_button(button: Button) -> str:
    """Return the callback data of a button."""
    head, *rest = (
        formatted.write(value)
        for field, formatted in field_formats(type(button))  # type: ignore[arg-type]  # classes are hashable
        if (value := getattr(button, field.name)) != "" or field.default != ""
    )
    return ":".join((button.code + head, *rest))


def decode_button(data: str, kinds: Iterable[type[_ButtonT]]) -> _ButtonT | None:
    """Return the button that `data` encodes; None for data that no button of one of `kinds` is written as."""
    kind = next((each for each in kinds if each.code == data[:1]), None)
    return _read(kind, data[1:].split(":")) if kind is not None else None


def _read(kind: type[_ButtonT], parts: list[str]) -> _ButtonT | None:
    formats = field_formats(kind)  # type: ignore[arg-type]  # classes are hashable
    required = sum(field.default is MISSING for field, _ in formats)
    if not required <= len(parts) <= len(formats):
        return None
    values = []
    for (_, formatted), part in zip(formats, parts, strict=False):
        if not re.fullmatch(formatted.pattern, part):
            return None
        values.append(formatted.read(part))
    return kind(*values)


@cache
def field_formats(kind: type[Button]) -> tuple[tuple[Field[Any], FieldFormat], ...]:
    """Return the fields of a kind of button, the language first, each with the format in its annotation."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple((field, hints[field.name].__metadata__[0]) for field in fields(kind))
