"""The language of whoever sits at the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge import Language
from bot.matching.reply_language import language_of_tag


def locale_language(environment: Mapping[str, str]) -> Language:
    """Return the language of the locale; Chinese where it names none, as the interviews are Chinese."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    tag = next(filter(None, names), "").partition(".")[0]
    return "zh" if tag in {"", "C", "POSIX"} else language_of_tag(tag)
