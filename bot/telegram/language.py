"""Which language menus and commands speak."""

from __future__ import annotations

from telegram import Message

from bot.knowledge.model import Language

TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""Scripts and regions of a language tag that mean traditional characters."""


def spoken(tag: str | None) -> Language:
    """Choose the language for the IETF tag that a Telegram client sends; English for all but Chinese."""
    language, *rest = (tag or "").casefold().replace("_", "-").split("-")
    if language != "zh":
        return "en"
    if "hans" in rest:
        return "zh"
    return "zh-Hant" if TRADITIONAL.intersection(rest) else "zh"


def language_of(message: Message) -> Language:
    """Return the language of whoever wrote `message`."""
    return spoken(message.from_user.language_code if message.from_user else None)
