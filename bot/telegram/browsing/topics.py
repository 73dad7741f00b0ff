"""/topics: interviews, their sections and the sections' entries, browsed by buttons in one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage

from bot.answers.curated_texts import localized
from bot.answers.html import answer, escape
from bot.knowledge.model import Interview, Knowledge, Language
from bot.telegram.access import Incoming
from bot.telegram.client import answer_callback, edit, send
from bot.telegram.context import CallbackHandler, Context
from bot.telegram.ui import (
    Button,
    Page,
    PageNumber,
    ShortId,
    find_entry,
    find_interview,
    find_section,
    list_page,
    make_button,
    short_id,
)
from bot.text import Texts

ROWS_PER_PAGE = 8
"""Buttons of a page, without those that turn pages or lead back."""


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
class TopicPages:
    """Lays out the pages of /topics over one snapshot of the knowledge; pure."""

    knowledge: Knowledge
    """The snapshot."""
    texts: Texts
    """The bot's wording."""
    language: Language
    """Language of the pages."""

    def first(self) -> Page:
        """Return the page that /topics opens with: the interviews, or the sections where there is one interview."""
        if len(self.knowledge.interviews) > 1:
            return self.interviews(0)
        return self.sections(self.knowledge.interviews[0], 0)

    def page(self, tapped: Button) -> Page | None:
        """Return the page that a button shows; None where the knowledge doesn't hold it any more."""
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
        """Return a page of the interviews."""
        keys = [
            make_button(localized(interview.title, self.language), Sections(self.language, short_id(interview.id)))
            for interview in self.knowledge.interviews
        ]
        rows = self._rows(keys, number, lambda other: Interviews(self.language, other))
        return Page((self._text("topics.interviews"),), InlineKeyboardMarkup(rows))

    def sections(self, interview: Interview, number: int) -> Page:
        """Return a page of an interview's sections, with a way back to the interviews where there are several."""
        keys = [
            make_button(
                self.texts(
                    self.language,
                    "topics.section",
                    title=localized(section.title, self.language),
                    count=len(section.entries),
                ),
                Entries(self.language, short_id(interview.id, section.id)),
            )
            for section in interview.sections
        ]
        rows = self._rows(keys, number, lambda other: Sections(self.language, short_id(interview.id), other))
        if len(self.knowledge.interviews) > 1:
            rows.append([self._back(Interviews(self.language))])
        return Page((self._title(interview), self._text("topics.sections")), InlineKeyboardMarkup(rows))

    def entries(self, name: str, number: int) -> Page | None:
        """Return a page of a section's entries; None where there is no such section."""
        found = find_section(self.knowledge, name)
        if found is None:
            return None
        interview, section = found
        keys = [
            make_button(
                localized(entry.question, self.language),
                Read(self.language, short_id(entry.interview, entry.id), position // ROWS_PER_PAGE),
            )
            for position, entry in enumerate(section.entries)
        ]
        rows = self._rows(keys, number, lambda other: Entries(self.language, name, other))
        rows.append([self._back(Sections(self.language, short_id(interview.id)))])
        head = f"<b>{escape(localized(section.title, self.language))}</b>"
        return Page((head, self._text("topics.entries")), InlineKeyboardMarkup(rows))

    def entry(self, name: str, number: int) -> Page | None:
        """Return the page of an entry, with a way back to page `number` of its section; None where it is gone."""
        entry = find_entry(self.knowledge, name)
        if entry is None:
            return None
        back = Entries(self.language, short_id(entry.interview, entry.section), number)
        paragraphs = tuple(answer(entry, self.language, self.texts))
        return Page(paragraphs, InlineKeyboardMarkup([[self._back(back)]]))

    def _rows(
        self, keys: Sequence[InlineKeyboardButton], number: int, turn_to: Callable[[int], Button]
    ) -> list[list[InlineKeyboardButton]]:
        """Lay out a page of `keys`, a button a row, and below them the buttons that turn the page."""
        page = list_page(keys, number, ROWS_PER_PAGE)
        return [*([key] for key in page.items), *page.turning_rows(self.texts, self.language, turn_to)]

    def _back(self, to: Button) -> InlineKeyboardButton:
        return make_button(self.texts(self.language, "topics.back"), to)

    def _title(self, interview: Interview) -> str:
        title, source = localized(interview.title, self.language), localized(interview.source, self.language)
        return f"<b>{escape(title)}</b>\n<i>{escape(source)}</i>"

    def _text(self, key: str) -> str:
        return escape(self.texts(self.language, key))


async def show_topics(incoming: Incoming, context: Context) -> None:
    """Send the first page of the table of contents."""
    page = TopicPages(context.assistant.knowledge, context.texts, incoming.language).first()
    await send(context.bot, incoming.destination, page.paragraphs, page.keyboard)


async def turn_topics_page(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Button
) -> None:
    """Show in place what was chosen from the table of contents; a reply to a shown entry is about that entry."""
    page = TopicPages(context.assistant.knowledge, context.texts, button.language).page(button)
    if page is None:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
        return
    await answer_callback(query)
    messages = await edit(context.bot, message, page.paragraphs, page.keyboard)
    if isinstance(button, Read) and (entry := find_entry(context.assistant.knowledge, button.entry)):
        context.services.sent_answers.record_entries(message.chat.id, messages, [entry])


CALLBACKS: Mapping[type[Button], CallbackHandler[Any]] = dict.fromkeys(
    (Interviews, Sections, Entries, Read), turn_topics_page
)
"""The buttons handled here, each with its handler."""
