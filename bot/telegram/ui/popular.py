"""Chooses entries and quotes to offer to somebody who hasn't asked anything; pure functions over a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.knowledge.model import Entry, Interview, Knowledge, Quote

MAX_QUOTE_CHARACTERS = 120
"""Longer quotes are left out where there are shorter ones."""
_QUOTATION_MARK = "“"
"""Opens words that a narrator quotes literally."""


def popular(knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the overview entries of all interviews: what people ask first."""
    return tuple(entry for interview in knowledge.interviews for entry in interview.entries() if entry.broad)


def memorable_quotes(knowledge: Knowledge) -> Sequence[tuple[Entry, Quote]]:
    """Return short literal quotes, each with its entry; all quotes where no quote is short and literal."""
    literal = [pair for interview in knowledge.interviews for pair in _short_and_literal(interview)]
    return literal or [(entry, quote) for entry in knowledge.by_key.values() for quote in entry.quotes]


def _short_and_literal(interview: Interview) -> Iterator[tuple[Entry, Quote]]:
    """Yield the short literal quotes of entries that aren't overviews.

    Where an interview is retold, most quotes are the narrator's paraphrase. A quote counts as literal if it holds a
    quotation mark, or if its speaker isn't the one who speaks most.
    """
    quotes = [(entry, quote) for entry in interview.entries() if not entry.broad for quote in entry.quotes]
    speakers = Counter(quote.speaker.id for _, quote in quotes)
    narrator = speakers.most_common(1)[0][0] if speakers else None
    for entry, quote in quotes:
        if len(quote.text) <= MAX_QUOTE_CHARACTERS and (_QUOTATION_MARK in quote.text or quote.speaker.id != narrator):
            yield entry, quote
