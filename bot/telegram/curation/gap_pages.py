"""The pages and buttons of /gaps; pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answers.curated_texts import localized
from bot.answers.html import escape
from bot.knowledge.model import Entry, Language
from bot.storage.phrasing_decisions import PhrasingDecision
from bot.telegram.curation.gap_queue import Gap
from bot.telegram.ui import (
    Button,
    ExchangeId,
    ListPage,
    Page,
    PageNumber,
    ShortId,
    encode_exchange_id,
    make_button,
    one_of,
    short_id,
)
from bot.text import Texts

ReviewDecision: TypeAlias = Literal["assign", "approve", "undo", "ignore", "later"]
"""Put the phrasing under an entry; have it searched; take that back; never show it again; show it in a week."""
ReviewItem: TypeAlias = PhrasingDecision | Gap
"""A phrasing that waits for approval, or questions that nobody has decided about."""

MAX_OTHER_PHRASINGS = 4
"""Number of phrasings of a gap that are shown besides the most frequent one."""


@dataclass(frozen=True, slots=True)
class Gaps(Button):
    """Show a page of /gaps in place."""

    code = "g"
    page: PageNumber = 0
    """Its number."""


@dataclass(frozen=True, slots=True)
class Decide(Button):
    """Decide about a question that went badly."""

    code = "h"
    decision: Annotated[
        ReviewDecision, one_of({"assign": "b", "approve": "y", "undo": "u", "ignore": "i", "later": "l"})
    ]
    """What is decided."""
    exchange: ExchangeId
    """The exchange in which it was asked."""
    entry: ShortId = ""
    """The entry that it is put under; empty for every other decision."""


@dataclass(frozen=True, slots=True)
class GapPages:
    """Lays out what waits for a curator, one question a page."""

    texts: Texts
    """The bot's wording."""
    language: Language
    """Language of the pages."""

    def gap(self, page: ListPage[ReviewItem], gap: Gap, entries: Sequence[Entry]) -> Page:
        """Show a question that went badly, with the entries that it may belong to."""
        paragraphs = [
            f"<b>{self._text('title', page=page.number + 1, pages=page.count)}</b>",
            f"{self._quoted(gap.head.text)}\n{self._counts(gap)}",
        ]
        if len(gap.phrasings) > 1:
            others = (f"• {escape(phrasing.text)}" for phrasing in gap.phrasings[1 : 1 + MAX_OTHER_PHRASINGS])
            paragraphs.append("\n".join((self._text("others"), *others)))
        paragraphs.append(self._text("which"))
        exchange = encode_exchange_id(gap.head.exchange)
        rows = [[self._assign(entry, exchange, gap.chosen[entry.key])] for entry in entries]
        rows.append([self._decide("ignore", exchange), self._decide("later", exchange)])
        return Page(tuple(paragraphs), InlineKeyboardMarkup([*rows, *self._turning_rows(page)]))

    def pending(self, page: ListPage[ReviewItem], phrasing: PhrasingDecision, entry: Entry) -> Page:
        """Show a phrasing that waits for approval under an entry."""
        paragraphs = (
            f"<b>{self._text('pending', page=page.number + 1, pages=page.count)}</b>",
            self._quoted(phrasing.text),
            self._belongs_to(entry),
            self._text("approve_hint"),
        )
        exchange = encode_exchange_id(phrasing.id)
        rows = [[self._decide("approve", exchange), self._decide("undo", exchange)], [self._decide("ignore", exchange)]]
        return Page(paragraphs, InlineKeyboardMarkup([*rows, *self._turning_rows(page)]))

    def live(self, phrasing: PhrasingDecision, entry: Entry) -> Page:
        """Show that a phrasing was approved and is searched."""
        paragraphs = (self._quoted(phrasing.text), self._belongs_to(entry), self._text("live"))
        onward = make_button(self.texts(self.language, "gaps.next"), Gaps(self.language))
        undo = self._decide("undo", encode_exchange_id(phrasing.id))
        return Page(paragraphs, InlineKeyboardMarkup([[undo, onward]]))

    def _quoted(self, text: str) -> str:
        return f"<b>{self._text('asked', text=text)}</b>"

    def _counts(self, gap: Gap) -> str:
        return self._text("counts", times=len(gap.misses), people=gap.people, down=gap.down)

    def _belongs_to(self, entry: Entry) -> str:
        return f"{self._text('belongs_to')}\n❓ {escape(localized(entry.question, self.language))}"

    def _assign(self, entry: Entry, exchange: str, taps: int) -> InlineKeyboardButton:
        """Make the button that puts a phrasing under an entry; `taps` is how often people chose that entry."""
        question = localized(entry.question, self.language)
        label = f"👆{taps} {question}" if taps else question
        return make_button(label, Decide(self.language, "assign", exchange, short_id(entry.interview, entry.id)))

    def _decide(self, decision: ReviewDecision, exchange: str) -> InlineKeyboardButton:
        return make_button(self.texts(self.language, f"gaps.{decision}"), Decide(self.language, decision, exchange))

    def _turning_rows(self, page: ListPage[ReviewItem]) -> list[list[InlineKeyboardButton]]:
        return page.turning_rows(self.texts, self.language, lambda number: Gaps(self.language, number))

    def _text(self, key: str, **values: object) -> str:
        return escape(self.texts(self.language, f"gaps.{key}", **values))
