"""Replies as Telegram HTML: paragraphs, each of them markup that stands on its own."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from functools import cache

import opencc

from bot.answers.reply import Reply, Scored
from bot.knowledge.model import Bilingual, Entry, Quote
from bot.text import Texts


def escape(text: str) -> str:
    """Make any text safe to write between tags; everything that is shown goes through here."""
    return html.escape(text, quote=False)


def shown(text: Bilingual, language: str) -> str:
    """Return a curated text as a reader of `language` gets it; quotes never go through here: they are verbatim."""
    return _taiwanese().convert(text.zh) if language == "zh-Hant" else text.of(language)


@cache
def _taiwanese() -> opencc.OpenCC:
    return opencc.OpenCC("s2twp")


def paragraphs(reply: Reply, texts: Texts) -> tuple[str, ...]:
    """Render a whole reply."""
    match reply.status:
        case "answered":
            return tuple(_answers(reply, texts))
        case "suggested":
            return tuple(_suggestions(reply, texts))
        case "unknown":
            return tuple(_unknown(reply, texts))
        case "smalltalk":
            return (escape(texts(reply.language, f"smalltalk.{reply.smalltalk or 'nothing'}")),)


def answer(entry: Entry, language: str, texts: Texts, focus: int | None = None) -> Iterator[str]:
    """Render one entry: its question, its points (only the one in `focus`, if any), its quotes."""
    yield f"<b>{escape(texts(language, 'answer.question', question=shown(entry.question, language)))}</b>"
    if focus is not None and focus < len(entry.points):
        yield f"{focus + 1}. {escape(shown(entry.points[focus], language))}"
    else:
        yield "\n".join(f"• {escape(shown(point, language))}" for point in entry.points)
    if entry.quotes:
        yield "\n".join(_quote(quote, language, texts) for quote in entry.quotes)


def _answers(reply: Reply, texts: Texts) -> Iterator[str]:
    for place, scored in enumerate(reply.answers):
        if place == 1:
            yield f"<i>{escape(texts(reply.language, 'answer.also'))}</i>"
        yield from answer(scored.entry, reply.language, texts, reply.focus if place == 0 else None)


def _quote(quote: Quote, language: str, texts: Texts) -> str:
    first, last = quote.span.first, quote.span.last
    if first == last:
        lines = texts(language, "answer.quote_line", first=first)
    else:
        lines = texts(language, "answer.quote_lines", first=first, last=last)
    head = escape(f"{shown(quote.speaker.name, language)} · {lines}")
    return f"<blockquote expandable><b>{head}</b>\n{escape(quote.text)}</blockquote>"


def _suggestions(reply: Reply, texts: Texts) -> Iterator[str]:
    if reply.absent is None:
        intro = texts(reply.language, "suggested.intro")
    else:
        intro = texts(reply.language, "suggested.absent", about=shown(reply.absent.about, reply.language))
    yield escape(intro)
    yield _numbered(reply.suggestions, reply.language)


def _unknown(reply: Reply, texts: Texts) -> Iterator[str]:
    if reply.absent is None:
        yield escape(texts(reply.language, "unknown.plain"))
    else:
        yield escape(texts(reply.language, "unknown.absent", about=shown(reply.absent.about, reply.language)))
    if reply.suggestions:
        yield escape(texts(reply.language, "unknown.nearest"))
        yield _numbered(reply.suggestions, reply.language)
    yield escape(texts(reply.language, "unknown.topics"))


def _numbered(suggestions: Iterable[Scored], language: str) -> str:
    questions = (escape(shown(scored.entry.question, language)) for scored in suggestions)
    return "\n".join(f"{number}. {question}" for number, question in enumerate(questions, 1))
