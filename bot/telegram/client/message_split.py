"""Splits markup into messages of a length that Telegram accepts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.telegram.client import utf16

MAX_MESSAGE_UTF16 = 4096
"""UTF-16 units of text, without tags, that a message may have."""
GAP = "\n\n"
"""Separates two paragraphs of a message."""

_TAG = re.compile(r"<(/?)([a-z-]+)[^>]*>")
_BREAKS = ("\n", "。", "！", "？", ". ", "；", "，", " ")
"""After what a paragraph is cut, best first."""


def plain_text(markup: str) -> str:
    """Return the text that readers see of markup that the bot made."""
    return html.unescape(_TAG.sub("", markup))


def split_messages(paragraphs: Iterable[str], max_utf16: int = MAX_MESSAGE_UTF16) -> list[str]:
    """Pack paragraphs of markup into as few messages as hold them; a paragraph that is too long for one is cut."""
    packed: list[str] = []
    room = 0
    for paragraph in paragraphs:
        for piece in cut(paragraph, max_utf16):
            size = utf16.length(plain_text(piece))
            if packed and size + len(GAP) <= room:
                packed[-1] += GAP + piece
                room -= size + len(GAP)
            else:
                packed.append(piece)
                room = max_utf16 - size
    return packed


def cut(markup: str, max_utf16: int = MAX_MESSAGE_UTF16) -> list[str]:
    """Cut one paragraph at its best breaks; tags that are open at a cut are closed, and opened again after it."""
    if utf16.length(plain_text(markup)) <= max_utf16:
        return [markup]
    writer = _PieceWriter(max_utf16)
    at = 0
    for tag in _TAG.finditer(markup):
        writer.text(html.unescape(markup[at : tag.start()]))
        writer.tag(tag[0], closes=bool(tag[1]))
        at = tag.end()
    writer.text(html.unescape(markup[at:]))
    return writer.finished()


@dataclass
class _PieceWriter:
    """Writes markup into pieces, and starts a new one when the last is full."""

    max_utf16: int
    pieces: list[str] = field(default_factory=lambda: [""])
    used: int = 0
    unclosed: list[str] = field(default_factory=list)
    """Start tags of the elements that are open, outermost first."""

    def tag(self, tag: str, *, closes: bool) -> None:
        if closes:
            self.unclosed.pop()
        else:
            self.unclosed.append(tag)
        self.pieces[-1] += tag

    def text(self, text: str) -> None:
        while utf16.length(text) > self.max_utf16 - self.used:
            head = text[: utf16.fitting(text, self.max_utf16 - self.used)]
            head = head[: _best_break(head)] if self.used == 0 or "\n" in head else ""
            self._write(head)
            text = text[len(head) :]
            self._next()
        self._write(text)

    def _write(self, text: str) -> None:
        self.pieces[-1] += html.escape(text, quote=False)
        self.used += utf16.length(text)

    def _next(self) -> None:
        self.pieces[-1] += "".join(f"</{_name(tag)}>" for tag in reversed(self.unclosed))
        self.pieces.append("".join(self.unclosed))
        self.used = 0

    def finished(self) -> list[str]:
        return [piece for piece in self.pieces if plain_text(piece).strip()]


def _name(tag: str) -> str:
    found = _TAG.match(tag)
    return found[2] if found else ""


def _best_break(text: str) -> int:
    """Return after how many characters to cut: after a break in the second half, else at the end."""
    for mark in _BREAKS:
        at = text.rfind(mark, len(text) // 2)
        if at >= 0:
            return at + len(mark)
    return len(text)
