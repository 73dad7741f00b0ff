"""Pages: what a message shows while somebody browses, and lists that are shown a page at a time; pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.knowledge.model import Language
from bot.telegram.ui.callback_data import Button
from bot.telegram.ui.keyboards import make_button
from bot.text import Texts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """What a message shows while somebody browses."""

    paragraphs: tuple[str, ...]
    """Telegram HTML, a paragraph each."""
    keyboard: InlineKeyboardMarkup | None = None
    """The buttons below it; None for none."""


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    """What is listed on it."""
    number: int
    """Which page it is, 0-based."""
    count: int
    """How many pages the list has, at least 1."""

    def turning_rows(
        self, texts: Texts, language: Language, turn_to: Callable[[int], Button]
    ) -> list[list[InlineKeyboardButton]]:
        """Return a row of buttons that lead to the pages before and after; no row where there are none.

        `turn_to` makes the button that shows the page of a number.
        """
        row = []
        if self.number > 0:
            row.append(make_button(texts(language, "paging.previous"), turn_to(self.number - 1)))
        if self.number < self.count - 1:
            row.append(make_button(texts(language, "paging.next"), turn_to(self.number + 1)))
        return [row] if row else []


def list_page(items: Sequence[T], number: int, per_page: int) -> ListPage[T]:
    """Return the page of a number; the last one where the list has become shorter than that."""
    count = max(1, -(-len(items) // per_page))
    number = min(number, count - 1)
    return ListPage(items[number * per_page : (number + 1) * per_page], number, count)
