"""One button of a keyboard; pure functions."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.telegram.ui.callback_data import Button, pack

LABEL = 60
"""Characters of a label; phones show fewer, and nobody reads more."""


def label(text: str) -> str:
    """Cut a button's text to a sensible length."""
    line = " ".join(text.split())
    return line if len(line) <= LABEL else f"{line[: LABEL - 1].rstrip()}…"


def button(text: str, does: Button) -> InlineKeyboardButton:
    """Make one button."""
    return InlineKeyboardButton(label(text), callback_data=pack(does))
