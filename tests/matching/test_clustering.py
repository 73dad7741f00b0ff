"""Phrasings that ask for the same thing are brought together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.matching.clustering import clusters


def test_similar_phrasings_are_together_the_most_frequent_first() -> None:
    texts = ["sora 怎么收费", "sora 怎么收费的", "奥特曼多大了", "奥特曼今年多大了", "怎么收费 sora"]

    assert clusters(texts, [1, 3, 2, 4, 1]) == [[3, 2], [1, 0, 4]]


def test_of_nothing_there_are_no_groups() -> None:
    assert clusters([], []) == []


@given(st.lists(st.tuples(st.text("甲乙丙 ab", max_size=8), st.integers(1, 9)), max_size=30))
def test_every_phrasing_is_in_one_group(asked: list[tuple[str, int]]) -> None:
    groups = clusters([text for text, _ in asked], [count for _, count in asked])

    assert sorted(place for group in groups for place in group) == list(range(len(asked)))
    sums = [sum(asked[place][1] for place in group) for group in groups]
    assert sums == sorted(sums, reverse=True)
    assert all(asked[group[0]][1] == max(asked[place][1] for place in group) for group in groups)
