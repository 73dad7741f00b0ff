"""Which entry, and which of its points, a quoted part of an answer is from."""

from __future__ import annotations

import pytest

from bot.answers.quoted import quoted_first
from bot.matching.matcher import Matcher


@pytest.mark.parametrize(
    ("quoted", "first", "point"),
    [
        ("后来换成电灯", "lamp", 1),
        ("• 再后来是太阳能。", "lamp", 2),
        ("後來換成電燈", "lamp", 1),
        ("then an ELECTRIC lamp", "lamp", 1),
        ("后来换成电灯。\n• 再后来是太阳能。", "lamp", None),
        ("怕也没有用，怕完了还是要上去擦玻璃", "storm", None),
        ("台风来了守塔人怎么办", "storm", None),
        ("他说怕也没有用", "storm", 1),
        ("守塔人叫林海生", "keeper", None),
        ("", "keeper", None),
        ("。", "keeper", None),
        ("什么都不是", "keeper", None),
    ],
)
def test_a_quoted_part_is_told_from_the_others(second: Matcher, quoted: str, first: str, point: int | None) -> None:
    entries = [second.knowledge.by_key[f"lighthouse/{name}"] for name in ("keeper", "lamp", "storm")]

    found, place = quoted_first(entries, quoted)

    assert (found[0].id, place) == (first, point)
    assert sorted(entry.id for entry in found) == ["keeper", "lamp", "storm"]
