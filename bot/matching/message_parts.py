"""Cutting a message into the questions that it may contain."""

from __future__ import annotations

from bot.matching.dialogue_patterns import Dialogue
from bot.matching.normalise import Normaliser

MAX_PARTS = 6
"""Parts looked at; who asks more in one message gets the first ones answered."""
_LEANING = frozenset({"more", "detail", "wording", "why"})
"""Kinds of follow-ups that say nothing without what came before."""


def sentences(dialogue: Dialogue, inline: str, normalise: Normaliser) -> tuple[str, ...]:
    """Return the sentences of a message that ask something, normalised; one that asks nothing is chatter.

    `inline` is the message with its punctuation.
    """
    cut: list[str] = []
    at = 0
    for end in dialogue.sentence.finditer(inline):
        cut.append(inline[at : end.end()])
        at = end.end()
    cut.append(inline[at:])
    pieces = [piece for sentence in cut for piece in dialogue.further.split(sentence) if piece]
    asking = [piece for piece in pieces if dialogue.question.search(piece)]
    return _distinct(asking if len(asking) > 1 or len(pieces) > 1 else pieces, dialogue, normalise)


def halves(dialogue: Dialogue, inline: str, normalise: Normaliser) -> dict[str, tuple[str, ...]]:
    """Return the ways of cutting one sentence, at its commas and at its conjunctions."""
    signs = {"comma": dialogue.comma, "joined": dialogue.joined}
    return {name: _distinct(sign.split(inline), dialogue, normalise) for name, sign in signs.items()}


def _distinct(pieces: list[str], dialogue: Dialogue, normalise: Normaliser) -> tuple[str, ...]:
    """Return the first pieces that could stand alone, normalised; those after them are not looked at."""
    distinct: dict[str, None] = {}
    for piece in pieces:
        if len(distinct) == MAX_PARTS:
            break
        text = "" if normalise.is_filler(piece) else normalise.of_inline(piece)
        if text and ((lean := dialogue.follow_up(text)) is None or lean.kind not in _LEANING):
            distinct[text] = None
    return tuple(distinct)
