"""The chat's pages as lines of a terminal: styled for people, plain for pipes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.text import Text

from bot.answers import Reply
from bot.answers.curated_texts import localized, opening, place
from bot.answers.plain import render
from bot.cli.line_wrap import wrap
from bot.cli.session import Listing, Notice, Page
from bot.knowledge import Entry, Knowledge, Language
from bot.text import Texts

WIDEST = 88
"""Cells; longer lines are tiring to read."""
NARROWEST = 24
INDENT = "  "

TITLE, ACCENT, QUIET = "bold", "cyan", "bright_black"


def plain_page(page: Page, knowledge: Knowledge, texts: Texts) -> str:
    """Return a page as plain text, unwrapped."""
    match page:
        case Reply():
            return render(page, knowledge, texts)
        case Listing(title, items, _):
            labels = (f"{label}  {note}".rstrip() for label, note in items)
            return "\n".join((title, *(f"  {number}. {label}" for number, label in enumerate(labels, 1))))
        case Notice(lines):
            return "\n".join(lines)


class Screen:
    """Lays pages out in lines of at most `width` cells."""

    def __init__(self, knowledge: Knowledge, texts: Texts, width: int) -> None:
        """`width` is the terminal's."""
        self.knowledge = knowledge
        self.texts = texts
        self.width = max(NARROWEST, min(width - 1, WIDEST))

    def lines(self, page: Page) -> Iterator[Text]:
        """Yield the lines of a page, with an empty one before and after."""
        yield Text()
        match page:
            case Reply():
                yield from self._reply(page)
            case Listing(title, items, hint):
                yield from self._block(title, style=TITLE)
                yield Text()
                yield from self._numbered(items)
                yield Text()
                yield from self._block(hint, style=QUIET)
            case Notice((first, *rest)):
                yield from self._block(first)
                for line in rest:
                    yield from self._block(line, style=QUIET)
        yield Text()

    def _reply(self, reply: Reply) -> Iterator[Text]:
        language = reply.language
        for number, scored in enumerate(reply.answers):
            if number:
                yield Text()
                yield from self._block(self.texts(language, "answer.also"), style=QUIET)
                yield Text()
            yield from self._answer(scored.entry, language, None if number else reply.focus)
        if reply.answers:
            yield from self._entries("answer.related", self.knowledge.related(reply.answers[0].entry), language)
            return
        yield from self._block(opening(reply, self.texts))
        heading = "unknown.nearest" if reply.status == "unknown" else None
        yield from self._entries(heading, [scored.entry for scored in reply.suggestions], language)
        if reply.status == "unknown":
            yield Text()
            yield from self._block(self.texts(language, "unknown.topics"), style=QUIET)

    def _answer(self, entry: Entry, language: Language, focus: int | None) -> Iterator[Text]:
        yield from self._block(localized(entry.question, language), style=TITLE)
        yield Text()
        for number, point in enumerate(entry.points):
            if focus is None or focus == number or focus >= len(entry.points):
                mark = "• " if focus is None else f"{number + 1}. "
                yield from self._block(localized(point, language), mark=mark, mark_style=ACCENT)
        for quote in entry.quotes:
            yield Text()
            for line in quote.text.split("\n"):
                yield from self._block(line, mark="│ ", mark_style=QUIET, repeat=True)
            yield from self._block(place(quote, language, self.texts), style=QUIET, mark="  ")

    def _entries(self, heading: str | None, entries: Iterable[Entry], language: Language) -> Iterator[Text]:
        items = [(localized(entry.question, language), "") for entry in entries]
        if not items:
            return
        yield Text()
        if heading:
            yield from self._block(self.texts(language, heading), style=QUIET)
        yield from self._numbered(items)

    def _numbered(self, items: Iterable[tuple[str, str]]) -> Iterator[Text]:
        for number, (label, note) in enumerate(items, 1):
            *lines, last = self._block(label, mark=f"{number:>2}  ", mark_style=ACCENT)
            yield from lines
            if note and last.cell_len + len(INDENT) + cell_len(note) <= self.width:
                yield last.append(INDENT + note, QUIET)
                continue
            yield last
            if note:
                yield from self._block(note, style=QUIET, mark="    ")

    def _block(
        self, text: str, style: str = "", *, mark: str = "", mark_style: str = "", repeat: bool = False
    ) -> Iterator[Text]:
        """Yield a paragraph after a mark; the mark is before its first line, or before each (`repeat`)."""
        room = self.width - len(INDENT) - len(mark)
        for number, line in enumerate(wrap(text, room) if text.strip() else [""]):
            before = mark if repeat or not number else " " * len(mark)
            yield Text.assemble(INDENT, (before, mark_style), (line, style))
