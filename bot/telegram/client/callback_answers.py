"""Answering taps: each gets its note within the time that Telegram allows."""

from __future__ import annotations

from telegram import CallbackQuery
from telegram.error import BadRequest

from bot.telegram.client.messages import with_retries

_TOO_LATE = ("query is too old", "query_id_invalid")
"""What Telegram says where a tap or an inline query can't be answered any more."""


def is_too_late(error: BadRequest) -> bool:
    """Tell whether Telegram took an answer for too late: the bot was down, or the next letter was typed meanwhile."""
    complaint = error.message.lower()
    return any(words in complaint for words in _TOO_LATE)


async def answer_callback(query: CallbackQuery, note: str | None = None) -> None:
    """Stop the button's spinner, with a note to whoever tapped; too late is no error."""
    try:
        await with_retries(lambda: query.answer(note))
    except BadRequest as error:
        if not is_too_late(error):
            raise
