"""Where a text names the bot or begins with a command, also where Telegram marks neither.

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
_DOMAIN = re.compile(r"[.-][A-Za-z0-9]")
"""What makes a name the first part of an address of a site or a mailbox."""
_OPAQUE = frozenset({
    MessageEntity.CODE,
    MessageEntity.PRE,
    MessageEntity.URL,
    MessageEntity.EMAIL,
    MessageEntity.TEXT_LINK,
})  # fmt: skip
"""Kinds of entities in which Telegram marks nothing either: their text is shown, not meant."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command at the start of a text."""

    name: str
    """Without the slash, in lower case."""
    bot: str
    """The username behind the @, in lower case; empty without one."""
    length: int
    """UTF-16 units of slash, name and username."""


def command(text: str, entities: Iterable[MessageEntity]) -> Command | None:
    """Return the command that a text begins with, or None where it begins with something else."""
    found = _COMMAND.match(text)
    if found is None or _continues_word(text[found.end() : found.end() + 1]) or _hidden(0, found.end(), entities):
        return None
    return Command(found[1].lower(), (found[2] or "").lower(), found.end())


def mentions(text: str, entities: Sequence[MessageEntity], username: str) -> Iterator[tuple[int, int]]:
    """Yield where a text holds `@username`, touched by no more than Chinese, Japanese or Korean: offset and length."""
    for found in re.finditer(rf"[@＠]{re.escape(username)}", text, re.IGNORECASE | re.ASCII):
        before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
        if _continues_word(before) or _continues_word(after) or _DOMAIN.match(text, found.end()):
            continue
        offset, length = utf16.length(text[: found.start()]), utf16.length(found[0])
        if not _hidden(offset, length, entities):
            yield offset, length


def without(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Return `text` without stretches (offset, length); a space stands for each, but not within Chinese."""
    rest, end = "", 0
    for offset, length in sorted(ranges):
        rest = _joined(rest, text[end : utf16.fitting(text, offset)])
        end = utf16.fitting(text, offset + length)
    return _joined(rest, text[end:]).strip()


def _joined(before: str, after: str) -> str:
    spaceless = _is_east_asian(before[-1:]) and _is_east_asian(after[:1])
    return before + after if spaceless else f"{before} {after}"


def _continues_word(character: str) -> bool:
    """Tell whether a character, "" for none, would make what it touches a longer name or an address."""
    if not character or _is_east_asian(character):
        return False
    category = unicodedata.category(character)
    return character == "_" or category[0] in "LM" or category == "Nd"


def _is_east_asian(character: str) -> bool:
    """Tell whether it is a letter of a script in which words touch each other: Chinese, Japanese, Korean."""
    return character.isalpha() and unicodedata.east_asian_width(character) in "WH"


def _hidden(offset: int, length: int, entities: Iterable[MessageEntity]) -> bool:
    """Tell whether a stretch reaches into code, a link or an address."""
    end = offset + length
    return any(
        entity.type in _OPAQUE and entity.offset < end and offset < entity.offset + entity.length for entity in entities
    )
