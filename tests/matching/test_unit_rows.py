"""Unit vectors in a byte a coordinate give nearly the cosines that the vectors have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.semantic_index import unit
from bot.matching.unit_rows import as_unit_rows, spans_of


@given(st.integers(0, 1000), st.integers(1, 40), st.integers(2, 400))
def test_cosines_are_off_by_a_hundredth_at_most(seed: int, count: int, dimensions: int) -> None:
    chance = np.random.default_rng(seed)
    vectors = unit(chance.standard_normal((count, dimensions)).astype(np.float32))
    query = unit(chance.standard_normal(dimensions).astype(np.float32))
    rows = as_unit_rows(vectors)
    assert len(rows) == count
    assert np.abs(rows.cosines([range(count)], query) - vectors @ query).max() < 0.01
    assert np.linalg.norm(rows.floats(), axis=1) == pytest.approx(np.ones(count), abs=1e-4)


def test_only_the_rows_of_the_spans_are_compared_in_their_order() -> None:
    rows = as_unit_rows(np.eye(4, dtype=np.float32))
    query = np.array([0.5, 0.25, 0.125, 1.0], np.float32)
    assert rows.cosines([range(3, 4), range(2)], query).tolist() == [1.0, 0.5, 0.25]
    assert not len(rows.cosines([], query))


def test_a_text_without_words_is_like_nothing() -> None:
    rows = as_unit_rows(np.zeros((1, 3), np.float32))
    assert rows.cosines([range(1)], np.ones(3, np.float32)).tolist() == [0.0]


def test_items_own_the_rows_between_their_starts() -> None:
    starts = np.array([0, 2, 2, 5], np.int32)
    assert spans_of(starts, [2, 0, 1]) == [range(2, 5), range(2), range(2, 2)]
