"""Questions from standard input: a line each, in UTF-8 or in what a Chinese Windows writes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from bot.answers import Question
from bot.cli.encoding import UTF_8, decode, wide_encoding


def stdin_lines() -> Iterator[str]:
    """Yield the lines of standard input as they come, without the empty ones."""
    return read_lines(sys.stdin.buffer) if sys.stdin else iter(())


def read_lines(stream: BinaryIO) -> Iterator[str]:
    """Decode lines as they come, without the empty ones; raise EncodingError at one whose encoding can't be told."""
    first = stream.readline()
    wide = wide_encoding(first)
    lines = iter(chain([first], stream)) if wide is None else _wide_lines(first, stream, wide)
    before = wide
    for number, raw in enumerate(lines, 1):
        text, encoding = decode(raw, number, before)
        before = before if encoding == UTF_8 else encoding
        line = text.removeprefix("\ufeff").strip("\r\n")
        if line.strip():
            yield line


def _wide_lines(first: bytes, stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the lines of a stream of UTF-16, where a byte 0A may be half of any character."""
    end, line = "\n".encode(encoding), b""
    for part in chain([first], stream):
        line += part
        if len(line) % 2 and encoding == "utf-16-le":
            line += stream.read(1)
        if len(line) % 2 == 0 and line.endswith(end):
            yield line
            line = b""
    yield line


def encodable(text: str) -> str:
    """Join surrogate pairs and replace lone surrogates by U+FFFD, so that the text can be encoded."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_question(line: str) -> Question:
    """Read `{"q": "…", "chat": "…"}`; every line that isn't such an object is a question as it stands."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("q"), str):
        return Question(encodable(line))
    chat = data.get("chat")
    return Question(encodable(data["q"]), conversation=None if chat is None else encodable(str(chat)))
