"""An upper bound for the scores of a message of one word, which says too little for the trained weights."""

from __future__ import annotations

from collections.abc import Mapping

from bot.matching.lexicon import Lexicon
from bot.matching.results import Query

DIFFERENT_COSINE, SAME_COSINE = 0.88, 1.0
"""Cosines with a phrasing at which a word counts as unrelated, and as the same."""
_MAX_SCORE_WITHOUT_WORD = 0.5
"""Most that an entry is worth whose texts don't contain the word: it may be offered, not given as the answer."""


def is_single_word(query: Query, lexicon: Lexicon) -> bool:
    """Return whether a query is a single word that the lexicon doesn't know as a topic."""
    return len(query.words) == 1 and query.text not in lexicon.canonical_of


def max_score(features: Mapping[str, float]) -> float:
    """Return the most that an entry may score for a lone word, in [0, 1].

    It is the share (Dice) of a phrasing that the word makes up, so that a word that is half of one is asked back about
    (共同 of 共同演进), or how nearly a phrasing means the same. That a text of the entry contains the word, or that no
    other entry comes closer, is no sign that the entry is asked for.
    """
    meant = (features.get("model_cosine", DIFFERENT_COSINE) - DIFFERENT_COSINE) / (SAME_COSINE - DIFFERENT_COSINE)
    if features["unexplained"] == 1:
        return min(_MAX_SCORE_WITHOUT_WORD, max(0.0, meant))
    return min(1.0, max(0.0, meant, features["dice"]))
