"""Acknowledging taps on buttons (callback queries) within the time that Telegram allows."""

from __future__ import annotations

from telegram import CallbackQuery
from telegram.error import BadRequest

from bot.telegram.client.sender import with_retries

_TOO_LATE = ("query is too old", "query_id_invalid")
"""Telegram's words where a callback query or an inline query can't be answered any more."""


def is_too_late(error: BadRequest) -> bool:
    """Check for a refusal because of time: the bot was down, or an inline query was typed on meanwhile."""
    reason = error.message.lower()
    return any(words in reason for words in _TOO_LATE)


async def answer_callback(query: CallbackQuery, note: str | None = None) -> None:
    """Stop the button's spinner, and show `note` to whoever tapped; does nothing where it is too late for that."""
    try:
        await with_retries(lambda: query.answer(note))
    except BadRequest as error:
        if not is_too_late(error):
            raise
