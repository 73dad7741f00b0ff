"""Which language menus and commands speak."""

from __future__ import annotations

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
