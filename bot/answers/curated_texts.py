"""What every form of a reply says in the same words: curated texts per language, openings, the place of a quote."""

from __future__ import annotations

from functools import cache

from bot.answers.reply import Reply
from bot.answers.traditional import Traditional, read_traditional
from bot.configuration import CONFIG
from bot.knowledge import Bilingual, Language, Quote
from bot.text import Texts


def localized(text: Bilingual, language: Language) -> str:
    """Return a curated text as a reader of `language` gets it; quotes never go through here: they are verbatim."""
    return traditional()(text.zh) if language == "zh-Hant" else text.of(language)


@cache
def traditional() -> Traditional:
    """Return the conversion to traditional characters, read once; raises SettingsError where its words are bad."""
    return read_traditional(CONFIG / "traditional.toml")


def lines(first: int, last: int, language: Language, texts: Texts) -> str:
    """Name a range of the transcript's lines."""
    if first == last:
        return texts(language, "answer.quote_line", first=first)
    return texts(language, "answer.quote_lines", first=first, last=last)


def place(quote: Quote, language: Language, texts: Texts) -> str:
    """Tell who says a quote and in which lines of the transcript."""
    return f"{localized(quote.speaker.name, language)} · {lines(quote.span.first, quote.span.last, language, texts)}"


def opening(reply: Reply, texts: Texts) -> str:
    """Return the sentence that begins a reply without an answer."""
    language, not_covered = reply.language, reply.decision.not_covered
    if reply.status == "smalltalk":
        return texts(language, f"smalltalk.{reply.decision.smalltalk or 'nothing'}")
    kind = "suggested" if reply.status == "suggested" else "unknown"
    if not_covered is not None:
        return texts(language, f"{kind}.not_covered", about=localized(not_covered.about, language))
    return texts(language, "suggested.intro" if kind == "suggested" else "unknown.plain")
