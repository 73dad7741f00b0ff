"""Makes one button of a keyboard, its label cut to what phones show; pure functions."""

from __future__ import annotations

from functools import lru_cache

from telegram import InlineKeyboardButton

from bot.telegram.ui.callback_data import Button, encode_button

MAX_LABEL_CHARACTERS = 60
"""Phones show fewer."""
MAX_SHARED_BUTTONS = 2_000
"""Buttons that are kept because many messages have the same: about half a kilobyte each."""


def label(text: str) -> str:
    """Return a text as one line of at most `MAX_LABEL_CHARACTERS`; what is cut ends in "…"."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_LABEL_CHARACTERS else f"{line[: MAX_LABEL_CHARACTERS - 1].rstrip()}…"


def make_button(text: str, action: Button) -> InlineKeyboardButton:
    """Return a button that shows `text` and carries `action` as its callback data."""
    return InlineKeyboardButton(label(text), callback_data=encode_button(action))


@lru_cache(MAX_SHARED_BUTTONS)
def shared_button(text: str, action: Button) -> InlineKeyboardButton:
    """Return the same button, made once for all messages that have it; for actions that name no exchange or person.

    Below an answer that saves 0.1 ms.
    """
    return make_button(text, action)
