"""Bounds the time that one message takes: how many characters are encoded as vectors at most."""

from __future__ import annotations

from bot.matching.engine import MAX_ENCODED_CHARACTERS, MAX_QUERY_CHARACTERS

MAX_MESSAGE_CHARACTERS = 4096
"""Characters of a message that are looked at: as many as Telegram lets one have."""
MAX_ENCODED_CHARACTERS_OF_LONG = 64
"""The same for a longer message, which is cut into parts: it costs about a millisecond a Chinese character."""


def max_encoded_characters(whole: str) -> int:
    """Return how many characters the sentence model may be given for a normalised message."""
    return MAX_ENCODED_CHARACTERS if len(whole) <= MAX_QUERY_CHARACTERS else MAX_ENCODED_CHARACTERS_OF_LONG
