"""Phrasings that ask for the same thing, brought together."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

SIMILAR = 78.0
"""Similarity in percent (token-sorted Indel, on canonical text) from which two phrasings count as one question."""


def clusters(texts: Sequence[str], counts: Sequence[int]) -> list[list[int]]:
    """Group canonical texts by the most frequent phrasing that they resemble; return places in `texts`.

    The first place of a group is its head; groups with the highest sum of counts come first.
    """
    order = sorted(range(len(texts)), key=lambda place: -counts[place])
    heads: dict[int, str] = {}
    groups: dict[int, list[int]] = {}
    for place in order:
        near = process.extractOne(texts[place], heads, scorer=fuzz.token_sort_ratio, score_cutoff=SIMILAR)
        if near is None:
            heads[place] = texts[place]
            groups[place] = [place]
        else:
            groups[near[2]].append(place)
    return sorted(groups.values(), key=lambda group: -sum(counts[place] for place in group))
