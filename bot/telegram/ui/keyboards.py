"""Makes one button of a keyboard, its label cut to what phones show; pure functions."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.telegram.ui.callback_data import Button, encode_button

MAX_LABEL_CHARACTERS = 60
"""Phones show fewer."""


def label(text: str) -> str:
    """Return a text as one line of at most `MAX_LABEL_CHARACTERS`; what is cut ends in "…"."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_LABEL_CHARACTERS else f"{line[: MAX_LABEL_CHARACTERS - 1].rstrip()}…"


def make_button(text: str, action: Button) -> InlineKeyboardButton:
    """Return a button that shows `text` and carries `action` as its callback data."""
    return InlineKeyboardButton(label(text), callback_data=encode_button(action))
