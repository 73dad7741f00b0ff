"""Which entries and quotes to offer to somebody who hasn't asked anything; pure functions over a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.knowledge.model import Entry, Interview, Knowledge, Quote

LONGEST_SAYING = 120
"""Characters of a quote that one keeps in mind."""
_CITED = "“"
"""With it somebody's very words begin within what is told in others' words."""


def popular(knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the broad entries: what people ask first."""
    return tuple(entry for interview in knowledge.interviews for entry in interview.entries() if entry.broad)


def sayings(knowledge: Knowledge) -> Sequence[tuple[Entry, Quote]]:
    """Return the quotes worth keeping in mind, each with its entry; all the quotes where none stands out."""
    memorable = [one for interview in knowledge.interviews for one in _memorable(interview)]
    return memorable or [(entry, quote) for entry in knowledge.by_key.values() for quote in entry.quotes]


def _memorable(interview: Interview) -> Iterator[tuple[Entry, Quote]]:
    """Yield short quotes that hold somebody's very words, rather than the retelling that most quotes are from."""
    quotes = [(entry, quote) for entry in interview.entries() if not entry.broad for quote in entry.quotes]
    speakers = Counter(quote.speaker.id for _, quote in quotes)
    most = speakers.most_common(1)[0][0] if speakers else None
    for entry, quote in quotes:
        if len(quote.text) <= LONGEST_SAYING and (_CITED in quote.text or quote.speaker.id != most):
            yield entry, quote
