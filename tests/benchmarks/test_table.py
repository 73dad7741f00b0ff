from __future__ import annotations

from tests.benchmarks.table import table


def test_columns_are_aligned_also_under_wide_characters() -> None:
    assert list(table(["", "n", "hit@1"], [("核能", "9", "0.5"), ("far", "10", "")])) == [
        "       n  hit@1",
        "核能   9    0.5",
        "far   10",
    ]
