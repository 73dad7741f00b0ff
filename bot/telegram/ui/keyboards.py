"""One button of a keyboard; pure functions."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.telegram.ui.callback_data import Button, pack

MAX_LABEL_CHARACTERS = 60
"""Phones show fewer."""


def label(text: str) -> str:
    """Cut a button's text to a sensible length."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_LABEL_CHARACTERS else f"{line[: MAX_LABEL_CHARACTERS - 1].rstrip()}…"


def make_button(text: str, does: Button) -> InlineKeyboardButton:
    """Make one button that carries `does` as its callback data."""
    return InlineKeyboardButton(label(text), callback_data=pack(does))
