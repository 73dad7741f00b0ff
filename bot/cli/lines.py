"""Questions from standard input: a line each, whatever bytes they are made of."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

from bot.answers.reply import Question


def stdin_lines() -> Iterator[str]:
    """Yield the lines of standard input as they come, without the empty ones."""
    return read_lines(sys.stdin.buffer) if sys.stdin else iter(())


def read_lines(stream: Iterable[bytes]) -> Iterator[str]:
    """Decode lines of UTF-8; bytes that aren't become U+FFFD, empty lines are left out."""
    for raw in stream:
        line = raw.decode("utf-8", errors="replace").removeprefix("\ufeff").strip("\r\n")
        if line.strip():
            yield line


def whole(text: str) -> str:
    """Join surrogate pairs and replace lone surrogates by U+FFFD, so that the text can be encoded."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_question(line: str) -> Question:
    """Read `{"q": "…", "chat": "…"}`; every line that isn't such an object is a question as it stands."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("q"), str):
        return Question(whole(line))
    chat = data.get("chat")
    return Question(whole(data["q"]), conversation=None if chat is None else whole(str(chat)))
