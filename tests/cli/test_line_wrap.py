"""Line breaks keep every character, the width, and the marks where they belong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.cli.line_wrap import wrap


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, []),
        ("   ", 10, []),
        ("short", 10, ["short"]),
        ("one two three", 8, ["one two", "three"]),
        ("奥特曼怎么看核能", 8, ["奥特曼怎", "么看核能"]),
        ("他说核能，很好", 8, ["他说核", "能，很好"]),
        ("他说了“核能”", 7, ["他说了", "“核能”"]),
        ("看Sora视频", 7, ["看Sora", "视频"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("2“ ”", 2, ["2“", "”"]),
        ("不要在GPT-5这里断", 10, ["不要在", "GPT-5这里", "断"]),
    ],
)
def test_cases(text: str, width: int, expected: list[str]) -> None:
    assert list(wrap(text, width)) == expected


@given(st.text(st.sampled_from("ab 中文，。“”（）Sora 2。 🍵-")), st.integers(2, 30))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = list(wrap(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)
    assert all(line == line.strip() != "" for line in lines)
