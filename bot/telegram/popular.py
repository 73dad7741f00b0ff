"""Which entries to offer to somebody who hasn't asked anything; pure functions over a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge.model import Entry, Knowledge, Quote

LONGEST_SAYING = 120
"""Characters of a quote that one keeps in mind."""
_CITED = "“"
"""With it the narrator begins words that aren't the narrator's own."""


def popular(knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the broad entries: what people ask first."""
    return tuple(entry for interview in knowledge.interviews for entry in interview.entries() if entry.broad)


def sayings(knowledge: Knowledge) -> Sequence[tuple[Entry, Quote]]:
    """Return the quotes worth keeping in mind, each with its entry: short ones with somebody's very words, or all."""
    quotes = [
        (entry, quote)
        for interview in knowledge.interviews
        for entry in interview.entries()
        if not entry.broad
        for quote in entry.quotes
    ]
    memorable = [
        (entry, quote)
        for entry, quote in quotes
        if len(quote.text) <= LONGEST_SAYING and (_CITED in quote.text or quote.speaker != _narrator(entry, knowledge))
    ]
    return memorable or quotes
