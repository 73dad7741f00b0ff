"""Telegram's HTML: a parser that takes what Telegram takes, and says what Telegram says where it doesn't."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_ALONE = {"code", "pre"}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))?)*)\s*>")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d+)|#x([0-9A-Fa-f]+));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTES = {
    "a": re.compile(r"href=(?:\"[^\"]+\"|'[^']+')"),
    "span": re.compile(r"class=[\"']tg-spoiler[\"']"),
    "code": re.compile(r"(?:class=[\"']language-[^\"']+[\"'])?"),
    "blockquote": re.compile(r"(?:expandable)?"),
}


class MarkupError(Exception):
    """Telegram can't parse it; the text is what Telegram answers."""


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Parser:
    text: str = ""
    entities: list[dict[str, object]] = field(default_factory=list)
    open: list[tuple[str, str, int]] = field(default_factory=list)
    """Name, kind and offset of each tag that isn't closed yet."""

    def start(self, name: str, attributes: str, at: int) -> None:
        kind = _KINDS.get(name)
        pattern = _ATTRIBUTES.get(name, re.compile(""))
        if kind is None:
            raise MarkupError(f'unsupported start tag "{name}" at byte offset {at}')
        if not pattern.fullmatch(attributes.strip()):
            raise MarkupError(f'tag "{name}" has unsupported attributes at byte offset {at}')
        if any(opened in _ALONE for _, opened, _ in self.open):
            raise MarkupError(f'tag "{name}" stands inside code at byte offset {at}')
        if kind == "blockquote":
            if any(opened.endswith("blockquote") for _, opened, _ in self.open):
                raise MarkupError(f"blockquotes are nested at byte offset {at}")
            kind = "expandable_blockquote" if "expandable" in attributes else kind
        self.open.append((name, kind, units(self.text)))

    def end(self, name: str, at: int) -> None:
        if not self.open:
            raise MarkupError(f"unexpected end tag at byte offset {at}")
        opened, kind, offset = self.open.pop()
        if opened != name:
            raise MarkupError(f'unmatched end tag at byte offset {at}, expected "</{opened}>", found "</{name}>"')
        length = units(self.text) - offset
        if length:
            self.entities.append({"type": kind, "offset": offset, "length": length})


def parse(markup: str) -> tuple[str, list[dict[str, object]]]:
    """Return the text that `markup` shows, and its entities; raise MarkupError where Telegram would refuse it."""
    parser, at = _Parser(), 0
    while at < len(markup):
        if markup[at] == "<":
            tag = _TAG.match(markup, at)
            where = len(markup[:at].encode())
            if tag is None:
                raise MarkupError(f"unclosed or malformed start tag at byte offset {where}")
            if tag[1]:
                parser.end(tag[2].lower(), where)
            else:
                parser.start(tag[2].lower(), tag[3], where)
            at = tag.end()
        elif entity := _ENTITY.match(markup, at):
            parser.text += _character(entity)
            at = entity.end()
        else:
            parser.text += markup[at]
            at += 1
    if parser.open:
        name = parser.open[-1][0]
        raise MarkupError(f'can\'t find end tag corresponding to start tag "{name}"')
    return parser.text, sorted(parser.entities, key=lambda entity: (entity["offset"], -int(str(entity["length"]))))


def _character(entity: re.Match[str]) -> str:
    if entity[1]:
        return _NAMED[entity[1]]
    code = int(entity[2]) if entity[2] else int(entity[3], 16)
    return chr(code) if 0 < code < 0x110000 else entity[0]
