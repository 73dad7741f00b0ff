"""Which language menus and commands speak."""

from __future__ import annotations

from telegram import Message

from bot.knowledge.model import Language
from bot.matching.reply_language import language_of_tag


def spoken(tag: str | None) -> Language:
    """Choose the language for the IETF tag that a Telegram client sends; English where it sends none."""
    return language_of_tag(tag or "en")


def language_of(message: Message) -> Language:
    """Return the language of whoever wrote `message`."""
    return spoken(message.from_user.language_code if message.from_user else None)
