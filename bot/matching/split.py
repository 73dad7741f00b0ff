"""Cutting a message into the questions that it may hold."""

from __future__ import annotations

from collections.abc import Callable

from bot.matching.dialogue import Dialogue

MOST = 6
"""Parts looked at; who asks more in one message gets the first ones answered."""


def sentences(dialogue: Dialogue, inline: str, words: Callable[[str], str]) -> tuple[str, ...]:
    """Return the sentences of a message that ask something, normalised; one that asks nothing is chatter.

    `inline` is the message with its punctuation, `words` the rest of normalising.
    """
    cut: list[str] = []
    at = 0
    for end in dialogue.sentence.finditer(inline):
        cut.append(inline[at : end.end()])
        at = end.end()
    cut.append(inline[at:])
    pieces = [piece for sentence in cut for piece in dialogue.further.split(sentence) if piece]
    asking = [piece for piece in pieces if dialogue.question.search(piece)]
    return _distinct(asking if len(asking) > 1 or len(pieces) > 1 else pieces, words)


def halves(dialogue: Dialogue, inline: str, words: Callable[[str], str]) -> tuple[tuple[str, ...], ...]:
    """Return the ways of cutting one sentence that count only if every part of it is answered."""
    ways = [_distinct(pattern.split(inline), words) for pattern in (dialogue.comma, dialogue.joined)]
    return tuple(way for way in dict.fromkeys(ways) if 1 < len(way) <= MOST)


def _distinct(pieces: list[str], words: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for piece in pieces if (text := words(piece))))[:MOST]
