"""Answering taps: each gets its note within the time that Telegram allows."""

from __future__ import annotations

from telegram import CallbackQuery
from telegram.error import BadRequest

from bot.telegram.client.send import with_retries


async def answer_callback(query: CallbackQuery, note: str | None = None) -> None:
    """Stop the button's spinner, with a note to whoever tapped; too late is no error."""
    try:
        await with_retries(lambda: query.answer(note))
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise
