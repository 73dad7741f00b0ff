"""Replies as JSON: the lines of `ask --json`, whose keys scripts rely on."""

from __future__ import annotations

import json
from typing import Any

from bot.answers.curated_texts import localized
from bot.answers.reply import Reply, Scored
from bot.knowledge import Language, Quote

_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
"""What some readers take for the end of a line and JSON leaves as it is."""


def to_line(reply: Reply) -> str:
    """Return the reply as one line of JSON, without a line break, in readable UTF-8."""
    return json.dumps(to_object(reply), ensure_ascii=False).translate(_LINE_ENDS)


def to_object(reply: Reply) -> dict[str, Any]:
    """Return the reply as plain data."""
    return {
        "question": reply.question,
        "status": reply.status,
        "language": reply.language,
        "answers": [_answer(scored, reply.language) for scored in reply.answers],
        "suggestions": [_named(scored, reply.language) for scored in reply.suggestions],
        "took_ms": round(reply.took_ms, 1),
    }


def _named(scored: Scored, language: Language) -> dict[str, Any]:
    entry = scored.entry
    return {
        "interview": entry.interview,
        "id": entry.id,
        "question": localized(entry.question, language),
        "score": round(scored.score, 4),
    }


def _answer(scored: Scored, language: Language) -> dict[str, Any]:
    entry = scored.entry
    return {
        **_named(scored, language),
        "points": [localized(point, language) for point in entry.points],
        "quotes": [_quote(quote, language) for quote in entry.quotes],
    }


def _quote(quote: Quote, language: Language) -> dict[str, Any]:
    return {
        "text": quote.text,
        "lines": [quote.span.first, quote.span.last],
        "speaker": localized(quote.speaker.name, language),
    }
