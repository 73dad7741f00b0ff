"""Replies as plain text: for pipes, for `knowledge show`, for a terminal without colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.answers.curated_texts import localized, opening, place
from bot.answers.reply import Reply
from bot.knowledge import Entry, Knowledge, Language
from bot.text import Texts


def render(reply: Reply, knowledge: Knowledge, texts: Texts) -> str:
    """Render a whole reply; paragraphs are set apart by empty lines, and the end has no line break."""
    return "\n\n".join(_paragraphs(reply, knowledge, texts))


def _paragraphs(reply: Reply, knowledge: Knowledge, texts: Texts) -> Iterator[str]:
    language = reply.language
    if reply.status != "answered":
        yield opening(reply, texts)
    for number, scored in enumerate(reply.answers):
        if number == 1:
            yield texts(language, "answer.also")
        yield from _answer(scored.entry, language, texts, reply.focus if number == 0 else None)
    if reply.answers:
        related = knowledge.related(reply.answers[0].entry)
        if related:
            yield _numbered(texts(language, "answer.related"), related, language)
    if reply.suggestions:
        heading = texts(language, "unknown.nearest") if reply.status == "unknown" else ""
        yield _numbered(heading, (scored.entry for scored in reply.suggestions), language)
    if reply.status == "unknown":
        yield texts(language, "unknown.topics")


def _answer(entry: Entry, language: Language, texts: Texts, focus: int | None) -> Iterator[str]:
    yield texts(language, "answer.question", question=localized(entry.question, language))
    if focus is not None and focus < len(entry.points):
        yield f"{focus + 1}. {localized(entry.points[focus], language)}"
    else:
        yield "\n".join(f"• {localized(point, language)}" for point in entry.points)
    for quote in entry.quotes:
        lines = "\n".join(f"│ {line}" for line in quote.text.split("\n"))
        yield f"{lines}\n  {place(quote, language, texts)}"


def _numbered(heading: str, entries: Iterable[Entry], language: Language) -> str:
    lines = (f"  {number}. {localized(entry.question, language)}" for number, entry in enumerate(entries, 1))
    return "\n".join(filter(None, (heading, *lines)))
