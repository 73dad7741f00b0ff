"""Which entry, and which of its points, somebody quotes from an answer; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from bot.answers.curated_texts import localized
from bot.knowledge import Bilingual, Entry, Language

MIN_QUOTED_LETTERS = 2
"""Letters from which a part of an answer can be told from others."""
_LANGUAGES: tuple[Language, ...] = get_args(Language)


def quoted_first(entries: Sequence[Entry], quoted: str) -> tuple[tuple[Entry, ...], int | None]:
    """Return the entries of an answer, that first which `quoted` is from, and its point where it is from one alone."""
    letters = _letters(quoted)
    if len(letters) < MIN_QUOTED_LETTERS:
        return tuple(entries), None
    points = {
        entry.key: [n for n, point in enumerate(entry.points) if _meets(letters, _forms(point))] for entry in entries
    }
    found = next((entry for entry in entries if points[entry.key]), None)
    if found is None:
        found = next((entry for entry in entries if _meets(letters, _others(entry))), None)
    if found is None:
        return tuple(entries), None
    places = points[found.key]
    rest = (entry for entry in entries if entry is not found)
    return (found, *rest), places[0] if len(places) == 1 and len(found.points) > 1 else None


def _others(entry: Entry) -> Iterator[str]:
    """Yield what an answer shows besides its points."""
    yield from _forms(entry.question)
    yield from (_letters(quote.text) for quote in entry.quotes)


def _forms(text: Bilingual) -> Iterator[str]:
    yield from (_letters(localized(text, language)) for language in _LANGUAGES)


def _meets(letters: str, texts: Iterable[str]) -> bool:
    """Return whether a quoted part lies in one of the texts, or contains one of them."""
    return any(letters in text or (len(text) >= MIN_QUOTED_LETTERS and text in letters) for text in texts)


def _letters(text: str) -> str:
    """Leave letters and digits alone: Telegram and people change spaces, signs and line ends."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
