"""Which entries and quotes to offer to somebody who hasn't asked anything; pure functions over a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.knowledge.model import Entry, Interview, Knowledge, Quote

MAX_QUOTE_CHARACTERS = 120
"""A longer quote isn't offered by /quote, where others are."""
_CITED = "“"
"""Opens a literal quotation within a paraphrase."""


def popular(knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the broad entries: what people ask first."""
    return tuple(entry for interview in knowledge.interviews for entry in interview.entries() if entry.broad)


def memorable_quotes(knowledge: Knowledge) -> Sequence[tuple[Entry, Quote]]:
    """Return the quotes for /quote, each with its entry: the memorable ones, or all where none is."""
    memorable = [one for interview in knowledge.interviews for one in _memorable(interview)]
    return memorable or [(entry, quote) for entry in knowledge.by_key.values() for quote in entry.quotes]


def _memorable(interview: Interview) -> Iterator[tuple[Entry, Quote]]:
    """Yield short literal quotes of narrow entries.

    In a retold interview most quotes are the narrator's paraphrase; a quote counts as literal where it holds a
    quotation mark or comes from anybody but the most frequent speaker.
    """
    quotes = [(entry, quote) for entry in interview.entries() if not entry.broad for quote in entry.quotes]
    speakers = Counter(quote.speaker.id for _, quote in quotes)
    most = speakers.most_common(1)[0][0] if speakers else None
    for entry, quote in quotes:
        if len(quote.text) <= MAX_QUOTE_CHARACTERS and (_CITED in quote.text or quote.speaker.id != most):
            yield entry, quote
