"""Bounds the time that one message takes: how many characters are encoded as vectors at most."""

from __future__ import annotations

from bot.matching.engine import MAX_QUERY_CHARACTERS, Engine, Ranking

MAX_MESSAGE_CHARACTERS = 4096
"""Characters of a message that are looked at: as many as Telegram lets one have."""
MAX_ENCODED_CHARACTERS = 304
"""Characters (see `Ranking.encoded`) whose meaning is computed for a message that may be one question: those of the
longest one, as typed and repaired, and of some parts. Every message of the question files keeps its answer."""
MAX_ENCODED_CHARACTERS_OF_LONG = 64
"""The same for a longer message, which is cut into parts: it costs about a millisecond a Chinese character."""


class BoundedRanking:
    """Ranks the parts of one message, each once; what its allowance leaves no room for is ranked by words and sound.

    The parts come in the order of their importance, so that it is the last ways to cut that go without.
    """

    def __init__(self, engine: Engine, whole: str) -> None:
        """`whole` is the normalised message; its length decides how much may be done."""
        self._engine = engine
        self._left = MAX_ENCODED_CHARACTERS if len(whole) <= MAX_QUERY_CHARACTERS else MAX_ENCODED_CHARACTERS_OF_LONG
        self._found: dict[str, Ranking] = {}

    def __call__(self, text: str) -> Ranking:
        """Rank what a part may ask for."""
        if text not in self._found:
            ranking = self._engine.rank(text, self._left)
            self._left -= ranking.encoded
            self._found[text] = ranking
        return self._found[text]
