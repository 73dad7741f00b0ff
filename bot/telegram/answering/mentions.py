"""Finds mentions of the bot and a leading command in a text, also where Telegram marks neither.

Telegram marks mentions and commands at word boundaries only, and a Chinese character counts as a part of a word:
in 他怎么看开源@bot and in /ask他怎么看开源 nothing is marked. Nor is anything that begins with a full-width ＠ or ／.
Offsets and lengths are in UTF-16 units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from telegram import MessageEntity

from bot.telegram.client import utf16

_COMMAND = re.compile(r"[/／]([A-Za-z0-9_]{1,64}+)(?:[@＠]([A-Za-z0-9_]{3,32}+))?+(?![/<>@＠])")
_ADDRESS_PART = re.compile(r"[.-][A-Za-z0-9]")
"""Follows a name that is the first part of a web or mail address."""
_LITERAL = frozenset({
    MessageEntity.CODE,
    MessageEntity.PRE,
    MessageEntity.URL,
    MessageEntity.EMAIL,
    MessageEntity.TEXT_LINK,
})  # fmt: skip
"""Entities whose text is literal, in which Telegram marks neither mentions nor commands."""


@dataclass(frozen=True, slots=True)
class LeadingCommand:
    """A command at the start of a text."""

    name: str
    """Without the slash, in lower case."""
    bot: str
    """The username after the @, in lower case; empty without one."""
    length: int
    """UTF-16 units of slash, name and username."""


def leading_command(text: str, entities: Iterable[MessageEntity]) -> LeadingCommand | None:
    """Return the command that a text begins with, or None where it begins with something else."""
    found = _COMMAND.match(text)
    if (
        found is None
        or _continues_word(text[found.end() : found.end() + 1])
        or _is_in_literal(0, found.end(), entities)
    ):
        return None
    return LeadingCommand(found[1].lower(), (found[2] or "").lower(), found.end())


def find_mentions(text: str, entities: Sequence[MessageEntity], username: str) -> Iterator[tuple[int, int]]:
    """Yield offset and length of each `@username` in a text that is no part of a longer name or an address.

    Chinese, Japanese and Korean characters may touch it.
    """
    for found in re.finditer(rf"[@＠]{re.escape(username)}", text, re.IGNORECASE | re.ASCII):
        before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
        if _continues_word(before) or _continues_word(after) or _ADDRESS_PART.match(text, found.end()):
            continue
        offset, length = utf16.length(text[: found.start()]), utf16.length(found[0])
        if not _is_in_literal(offset, length, entities):
            yield offset, length


def remove_ranges(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Return `text` without ranges (offset, length), each replaced by a space, or by nothing within Chinese."""
    rest, end = "", 0
    for offset, length in sorted(ranges):
        rest = _join(rest, text[end : utf16.fitting(text, offset)])
        end = utf16.fitting(text, offset + length)
    return _join(rest, text[end:]).strip()


def _join(before: str, after: str) -> str:
    spaceless = _is_east_asian(before[-1:]) and _is_east_asian(after[:1])
    return before + after if spaceless else f"{before} {after}"


def _continues_word(character: str) -> bool:
    """Return whether a character, "" for none, makes what it touches a part of a longer name or an address."""
    if not character or _is_east_asian(character):
        return False
    category = unicodedata.category(character)
    return character == "_" or category[0] in "LM" or category == "Nd"


def _is_east_asian(character: str) -> bool:
    """Return whether a character belongs to a script without spaces between words: Chinese, Japanese, Korean."""
    return character.isalpha() and unicodedata.east_asian_width(character) in "WH"


def _is_in_literal(offset: int, length: int, entities: Iterable[MessageEntity]) -> bool:
    """Return whether a range overlaps code, a link or an address."""
    end = offset + length
    return any(
        entity.type in _LITERAL and entity.offset < end and offset < entity.offset + entity.length
        for entity in entities
    )
