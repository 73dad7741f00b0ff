"""The inverted index against a search that is slow and obvious."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.inverted_index import build

KINDS = {"c": 0.5, "w": 1.0}
TERMS = st.sampled_from([f"{kind}:{letter}" for kind in KINDS for letter in "abcdefgh"])
TEXT = st.lists(TERMS, max_size=6, unique=True)
TEXTS = st.lists(st.tuples(st.integers(0, 4), TEXT), min_size=1, max_size=12).map(sorted)


def weight_of(term: str, documents: dict[int, set[str]]) -> float:
    """Return a term's weight by the definition: kind times inverse document frequency (BM25's)."""
    holding = sum(term in terms for terms in documents.values())
    return KINDS[term[0]] * math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))


def brute(texts: list[tuple[int, list[str]]], asked: list[str]) -> list[float]:
    """Return Dice's coefficient of every text, by the definition."""
    documents: dict[int, set[str]] = {}
    for group, terms in texts:
        documents.setdefault(group, set()).update(terms)
    documents = {group: terms for group, terms in documents.items() if terms}
    weights = {term: weight_of(term, documents) for term in {*asked, *(term for _, row in texts for term in row)}}
    unknown = math.log(1 + (len(documents) + 0.5) / 0.5)
    held = {term for _, row in texts for term in row}
    wanted = sum(weights[term] if term in held else KINDS[term[0]] * unknown for term in asked)
    return [
        2 * sum(weights[term] for term in row if term in asked) / (wanted + sum(weights[term] for term in row) or 1)
        for _, row in texts
    ]


@given(TEXTS, TEXT)
def test_the_index_ranks_as_brute_force_does(texts: list[tuple[int, list[str]]], asked: list[str]) -> None:
    index = build([row for _, row in texts], [group for group, _ in texts], KINDS)
    hits = index.search(asked, len(texts))
    expected = brute(texts, asked)
    found = {
        int(text): 2 * float(shared) / (hits.query_weight + float(index.lengths[text]))
        for text, shared in zip(hits.texts, hits.shared, strict=True)
    }
    assert set(found) == {number for number, score in enumerate(expected) if score > 0}
    for number, score in found.items():
        assert 0 <= score <= 1 + 1e-6
        assert score == pytest.approx(expected[number], abs=1e-5)
    ranked = [found[int(text)] for text in hits.texts]
    assert all(one >= other - 1e-6 for one, other in pairwise(ranked))


@given(TEXTS, TEXT, st.integers(1, 4))
def test_the_best_few_are_the_best_of_all(texts: list[tuple[int, list[str]]], asked: list[str], limit: int) -> None:
    index = build([row for _, row in texts], [group for group, _ in texts], KINDS)
    expected = sorted((score for score in brute(texts, asked) if score > 0), reverse=True)[:limit]
    hits = index.search(asked, limit)
    scores = [
        2 * float(shared) / (hits.query_weight + float(index.lengths[text]))
        for text, shared in zip(hits.texts, hits.shared, strict=True)
    ]
    assert scores == pytest.approx(expected, abs=1e-5)


def test_many_phrasings_of_one_entry_dont_make_a_word_common() -> None:
    once = build([["w:a"], ["w:b"]], [0, 1], KINDS)
    often = build([["w:a"]] * 9 + [["w:b"]], [0] * 9 + [1], KINDS)
    assert often.weight("w:a") == pytest.approx(once.weight("w:a"))


def test_context_makes_terms_known_but_not_found() -> None:
    index = build([["w:a"], ["w:b"]], [0, 1], KINDS, [(0, ["w:c"])])
    assert "w:c" in index.vocabulary
    assert index.search(["w:c"], 5).texts.tolist() == []
    assert index.weight("w:c") < index.weight("w:never")


def test_an_empty_index_finds_nothing() -> None:
    hits = build([], np.empty(0, np.int32), KINDS).search(["w:a"], 3)
    assert hits.texts.tolist() == []
