"""Replies as Telegram HTML: paragraphs, each of them markup that stands on its own."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from bot.answers.curated_texts import lines, localized, opening, place
from bot.answers.reply import Reply, Scored
from bot.knowledge import Entry, Language, Quote, Transcript
from bot.text import Texts

CONTEXT_LINES = 3
"""Lines of the transcript that are shown before and after a quote as its context."""


def escape(text: str) -> str:
    """Make any text safe to write between tags; everything that is shown goes through here."""
    return html.escape(text, quote=False)


def paragraphs(reply: Reply, texts: Texts, *, quotes: bool = True) -> tuple[str, ...]:
    """Render a whole reply, with or without what is quoted."""
    match reply.status:
        case "answered":
            return tuple(_answers(reply, texts, quotes=quotes))
        case "suggested":
            return tuple(_suggestions(reply, texts))
        case "unknown":
            return tuple(_unknown(reply, texts))
        case "smalltalk":
            return (escape(opening(reply, texts)),)


def answer(
    entry: Entry, language: Language, texts: Texts, focus: int | None = None, *, quotes: bool = True
) -> Iterator[str]:
    """Render one entry: its question, its points (only the one in `focus`, if any), and perhaps its quotes."""
    yield f"<b>{escape(texts(language, 'answer.question', question=localized(entry.question, language)))}</b>"
    if focus is not None and focus < len(entry.points):
        yield f"{focus + 1}. {escape(localized(entry.points[focus], language))}"
    else:
        yield "\n".join(f"• {escape(localized(point, language))}" for point in entry.points)
    if entry.quotes and quotes:
        yield "\n".join(_quote(quote, language, texts) for quote in entry.quotes)


def context(entry: Entry, transcript: Transcript, language: Language, texts: Texts) -> Iterator[str]:
    """Render the transcript around an entry's quotes, a stretch a paragraph, the quoted lines marked."""
    question = texts(language, "answer.question", question=localized(entry.question, language))
    yield f"<b>{escape(texts(language, 'context.title'))}</b>\n{escape(question)}"
    quoted = {line for quote in entry.quotes for line in range(quote.span.first, quote.span.last + 1)}
    for first, last in _stretches(quoted, len(transcript.lines)):
        head = f"<b>{escape(lines(first, last, language, texts))}</b>"
        rendered = (
            _line(number, transcript.lines[number - 1], quoted=number in quoted) for number in range(first, last + 1)
        )
        yield "\n".join((head, *rendered))


def _stretches(quoted: Iterable[int], end: int) -> list[tuple[int, int]]:
    """Return first and last line of each stretch around quoted lines; those that touch are one."""
    stretches: list[tuple[int, int]] = []
    for line in sorted(quoted):
        first, last = max(1, line - CONTEXT_LINES), min(end, line + CONTEXT_LINES)
        if stretches and first <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], last)
        else:
            stretches.append((first, last))
    return stretches


def _line(number: int, text: str, *, quoted: bool) -> str:
    return f"<b>▸ {number} {escape(text)}</b>" if quoted else f"<i>{number}</i> {escape(text)}"


def _answers(reply: Reply, texts: Texts, *, quotes: bool) -> Iterator[str]:
    for number, scored in enumerate(reply.answers):
        if number == 1:
            yield f"<i>{escape(texts(reply.language, 'answer.also'))}</i>"
        focus = reply.focus if number == 0 else None
        yield from answer(scored.entry, reply.language, texts, focus, quotes=quotes)


def _quote(quote: Quote, language: Language, texts: Texts) -> str:
    head = escape(place(quote, language, texts))
    return f"<blockquote expandable><b>{head}</b>\n{escape(quote.text)}</blockquote>"


def saying(quote: Quote, language: Language, texts: Texts) -> str:
    """Render a quote that stands alone."""
    return f"<blockquote>{escape(quote.text)}</blockquote>\n— {escape(place(quote, language, texts))}"


def _suggestions(reply: Reply, texts: Texts) -> Iterator[str]:
    yield escape(opening(reply, texts))
    yield _numbered(reply.suggestions, reply.language)


def _unknown(reply: Reply, texts: Texts) -> Iterator[str]:
    yield escape(opening(reply, texts))
    if reply.suggestions:
        yield escape(texts(reply.language, "unknown.nearest"))
        yield _numbered(reply.suggestions, reply.language)
    yield escape(texts(reply.language, "unknown.topics"))


def _numbered(suggestions: Iterable[Scored], language: Language) -> str:
    questions = (escape(localized(scored.entry.question, language)) for scored in suggestions)
    return "\n".join(f"{number}. {question}" for number, question in enumerate(questions, 1))
