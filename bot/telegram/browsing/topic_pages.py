"""The pages of /topics: interviews, their sections, the sections' entries; pure functions over a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answers.curated_texts import shown
from bot.answers.html import answer, escape
from bot.knowledge.model import Interview, Knowledge, Language
from bot.telegram.ui.callback_data import Button, PageNumber, ShortId
from bot.telegram.ui.keyboards import button
from bot.telegram.ui.short_ids import find_entry, find_interview, find_section, ref
from bot.text import Texts

ROWS = 8
"""Buttons of a page, those for turning pages apart."""


@dataclass(frozen=True, slots=True)
class Interviews(Button):
    """Show the interviews in place."""

    code = "i"
    page: PageNumber = 0
    """The page of them."""


@dataclass(frozen=True, slots=True)
class Sections(Button):
    """Show an interview's sections in place."""

    code = "s"
    interview: ShortId
    """The interview."""
    page: PageNumber = 0
    """The page of its sections."""


@dataclass(frozen=True, slots=True)
class Entries(Button):
    """Show a section's entries in place."""

    code = "e"
    section: ShortId
    """The section."""
    page: PageNumber = 0
    """The page of its entries."""


@dataclass(frozen=True, slots=True)
class Read(Button):
    """Show an entry in place, with a way back to the page of its section."""

    code = "r"
    entry: ShortId
    """The entry."""
    page: PageNumber = 0
    """The page of the section that lists it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a message shows while somebody browses."""

    paragraphs: tuple[str, ...]
    """Markup."""
    keyboard: InlineKeyboardMarkup | None
    """The buttons below it; None for none."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Turns a tap into the page that it asks for."""

    knowledge: Knowledge
    """What is browsed."""
    texts: Texts
    """The bot's wording."""
    language: Language
    """Language of the pages."""

    def first(self) -> Page:
        """Return the page that /topics opens: the interviews, or the sections where there is only one."""
        if len(self.knowledge.interviews) > 1:
            return self.interviews(0)
        return self.sections(self.knowledge.interviews[0], 0)

    def page(self, tapped: Button) -> Page | None:
        """Return the page behind a button, or None where what it shows is gone."""
        match tapped:
            case Interviews(_, number):
                return self.interviews(number)
            case Sections(_, name, number):
                interview = find_interview(self.knowledge, name)
                return self.sections(interview, number) if interview else None
            case Entries(_, name, number):
                return self.entries(name, number)
            case Read(_, name, number):
                return self.entry(name, number)
            case _:
                return None

    def interviews(self, number: int) -> Page:
        """List the interviews."""
        keys = [
            button(shown(interview.title, self.language), Sections(self.language, ref(interview.id)))
            for interview in self.knowledge.interviews
        ]
        rows = self._rows(keys, number, lambda other: Interviews(self.language, other))
        return Page((self._text("topics.interviews"),), InlineKeyboardMarkup(rows))

    def sections(self, interview: Interview, number: int) -> Page:
        """List an interview's sections; the way back leads to the interviews where there are several."""
        keys = [
            button(
                self.texts(
                    self.language,
                    "topics.section",
                    title=shown(section.title, self.language),
                    count=len(section.entries),
                ),
                Entries(self.language, ref(interview.id, section.id)),
            )
            for section in interview.sections
        ]
        rows = self._rows(keys, number, lambda other: Sections(self.language, ref(interview.id), other))
        if len(self.knowledge.interviews) > 1:
            rows.append([self._back(Interviews(self.language))])
        return Page((self._title(interview), self._text("topics.sections")), InlineKeyboardMarkup(rows))

    def entries(self, name: str, number: int) -> Page | None:
        """List a section's entries."""
        found = find_section(self.knowledge, name)
        if found is None:
            return None
        interview, section = found
        keys = [
            button(
                shown(entry.question, self.language),
                Read(self.language, ref(entry.interview, entry.id), place // ROWS),
            )
            for place, entry in enumerate(section.entries)
        ]
        rows = self._rows(keys, number, lambda other: Entries(self.language, name, other))
        rows.append([self._back(Sections(self.language, ref(interview.id)))])
        head = f"<b>{escape(shown(section.title, self.language))}</b>"
        return Page((head, self._text("topics.entries")), InlineKeyboardMarkup(rows))

    def entry(self, name: str, number: int) -> Page | None:
        """Show an entry; the way back leads to the page that lists it."""
        entry = find_entry(self.knowledge, name)
        if entry is None:
            return None
        back = Entries(self.language, ref(entry.interview, entry.section), number)
        paragraphs = tuple(answer(entry, self.language, self.texts))
        return Page(paragraphs, InlineKeyboardMarkup([[self._back(back)]]))

    def _rows(
        self, keys: Sequence[InlineKeyboardButton], number: int, turn: Callable[[int], Button]
    ) -> list[list[InlineKeyboardButton]]:
        """Lay out one page of `keys`; a number that is too high, after a reload, shows the last page."""
        last = max(0, (len(keys) - 1) // ROWS)
        number = min(number, last)
        rows = [[key] for key in keys[number * ROWS : (number + 1) * ROWS]]
        turning = []
        if number > 0:
            turning.append(button(self.texts(self.language, "topics.previous"), turn(number - 1)))
        if number < last:
            turning.append(button(self.texts(self.language, "topics.next"), turn(number + 1)))
        return [*rows, turning] if turning else rows

    def _back(self, to: Button) -> InlineKeyboardButton:
        return button(self.texts(self.language, "topics.back"), to)

    def _title(self, interview: Interview) -> str:
        title, source = shown(interview.title, self.language), shown(interview.source, self.language)
        return f"<b>{escape(title)}</b>\n<i>{escape(source)}</i>"

    def _text(self, key: str) -> str:
        return escape(self.texts(self.language, key))
