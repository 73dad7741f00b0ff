"""The pages of /gaps; pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answers.curated_texts import shown
from bot.answers.html import escape
from bot.knowledge.model import Entry, Language
from bot.storage.phrasing_decisions import Wording
from bot.telegram.browsing.topic_pages import Page
from bot.telegram.curation.gap_queue import Gap
from bot.telegram.ui.callback_data import Button, ExchangeId, PageNumber, ShortId, one_of
from bot.telegram.ui.keyboards import button
from bot.telegram.ui.short_ids import code, ref
from bot.text import Texts

Decision: TypeAlias = Literal["belongs", "yes", "undo", "ignore", "later"]
"""Put the wording under an entry; let it take part; take that back; never offer it again; offer it later."""

VARIANTS = 4
"""Other wordings that are shown."""


@dataclass(frozen=True, slots=True)
class Gaps(Button):
    """Show a page of the unanswered questions in place."""

    code = "g"
    page: PageNumber = 0
    """The page of them."""


@dataclass(frozen=True, slots=True)
class Decide(Button):
    """Decide about an unanswered question."""

    code = "h"
    decision: Annotated[Decision, one_of({"belongs": "b", "yes": "y", "undo": "u", "ignore": "i", "later": "l"})]
    """What is to be done."""
    exchange: ExchangeId
    """Exchange in which it was asked."""
    entry: ShortId = ""
    """The entry that it belongs to, where that is what is decided."""


@dataclass(frozen=True, slots=True)
class GapPages:
    """Lays out what waits for a curator, one question a page."""

    texts: Texts
    """The bot's wording."""
    language: Language
    """Language of the pages."""
    pages: int
    """How many pages there are."""

    def gap(self, gap: Gap, number: int, entries: Sequence[Entry]) -> Page:
        """Show a question that went badly, with the entries that it may belong to."""
        told = [
            f"<b>{self._say('title', page=number + 1, pages=self.pages)}</b>",
            f"{self._asked(gap.head.text)}\n{self._counts(gap)}",
        ]
        if len(gap.asked) > 1:
            others = (f"• {escape(one.text)}" for one in gap.asked[1 : 1 + VARIANTS])
            told.append("\n".join((self._say("others"), *others)))
        told.append(self._say("which"))
        exchange = code(gap.head.exchange)
        rows = [[self._belongs(entry, exchange, gap.chosen[entry.key])] for entry in entries]
        rows.append([self._decide("ignore", exchange), self._decide("later", exchange)])
        return Page(tuple(told), InlineKeyboardMarkup([*rows, *self._turning(number)]))

    def pending(self, wording: Wording, entry: Entry, number: int) -> Page:
        """Show a wording that waits for a yes."""
        told = (
            f"<b>{self._say('pending', page=number + 1, pages=self.pages)}</b>",
            self._asked(wording.text),
            f"{self._say('belongs')}\n❓ {escape(shown(entry.question, self.language))}",
            self._say("now"),
        )
        exchange = code(wording.id)
        rows = [[self._decide("yes", exchange), self._decide("undo", exchange)], [self._decide("ignore", exchange)]]
        return Page(told, InlineKeyboardMarkup([*rows, *self._turning(number)]))

    def live(self, wording: Wording, entry: Entry) -> Page:
        """Show that a wording takes part now."""
        told = (
            self._asked(wording.text),
            f"{self._say('belongs')}\n❓ {escape(shown(entry.question, self.language))}",
            self._say("live"),
        )
        onward = button(self.texts(self.language, "gaps.next"), Gaps(self.language))
        return Page(told, InlineKeyboardMarkup([[self._decide("undo", code(wording.id)), onward]]))

    def _asked(self, text: str) -> str:
        return f"<b>{self._say('asked', text=text)}</b>"

    def _counts(self, gap: Gap) -> str:
        return self._say("counts", times=len(gap.misses), people=gap.people, down=gap.down)

    def _belongs(self, entry: Entry, exchange: str, chosen: int) -> InlineKeyboardButton:
        question = shown(entry.question, self.language)
        label = f"👆{chosen} {question}" if chosen else question
        return button(label, Decide(self.language, "belongs", exchange, ref(entry.interview, entry.id)))

    def _decide(self, decision: Decision, exchange: str) -> InlineKeyboardButton:
        return button(self.texts(self.language, f"gaps.{decision}"), Decide(self.language, decision, exchange))

    def _turning(self, number: int) -> list[list[InlineKeyboardButton]]:
        row = []
        if number > 0:
            row.append(button(self.texts(self.language, "topics.previous"), Gaps(self.language, number - 1)))
        if number < self.pages - 1:
            row.append(button(self.texts(self.language, "topics.next"), Gaps(self.language, number + 1)))
        return [row] if row else []

    def _say(self, key: str, **values: object) -> str:
        return escape(self.texts(self.language, f"gaps.{key}", **values))
