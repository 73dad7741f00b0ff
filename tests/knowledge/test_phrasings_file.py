"""The files of phrasings: how they are read, and how a phrasing is added so that every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.phrasings_file import as_line, language_of, parse_phrasings, with_lines
from tests.builders import SHIPPED, normaliser

TEXT = """\
# A comment at the top.

[one]
甲   
# among them
first

second # no comment
#1 of all
#

[two]
  [乙]丙  
# below the last

[ three ]
丁
"""  # noqa: W291  # spaces at a line's end are what is shown


def phrasings(text: str) -> dict[str, list[str]]:
    read = parse_phrasings(text, "talk.phrasings.txt")
    assert read.problems == []
    return {name: [one.text for one in found] for name, found in read.phrasings.items()}


def test_each_line_is_a_phrasing_of_the_heading_above() -> None:
    assert phrasings(TEXT) == {
        "one": ["甲", "first", "second # no comment", "#1 of all"], "two": ["[乙]丙"], "three": ["丁"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language"),
    [("核能呢", "zh"), ("GPU够不够", "zh"), ("㐀", "zh"), ("nuclear?", "en"), ("こんにちは", "en"), ("5", "en")],
)
def test_the_language_is_told_from_the_text(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("one", "#1 of all\n#\n", "#1 of all\n新\nnew\n#\n"),
        ("two", "[乙]丙  \n# below", "[乙]丙  \n新\nnew\n# below"),
        ("three", "[ three ]\n丁\n", "[ three ]\n丁\n新\nnew\n"),
        ("four", "丁\n", "丁\n\n[four]\n新\nnew\n"),
    ],
)
def test_lines_go_after_the_last_phrasing_of_their_heading(name: str, before: str, after: str) -> None:
    assert TEXT.count(before) == 1
    assert with_lines(TEXT, name, ["新", "new"]) == TEXT.replace(before, after)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "[one]\n新\n"),
        ("[one]", "[one]\n新"),
        ("[one]\n甲", "[one]\n甲\n新"),
        ("[two]\n甲", "[two]\n甲\n\n[one]\n新\n"),
    ],
)
def test_an_end_without_a_line_break_gets_none_but_where_one_is_needed(text: str, after: str) -> None:
    assert with_lines(text, "one", ["新"]) == after


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1))
def test_any_phrasing_becomes_one_line_that_is_read_as_a_phrasing(text: str) -> None:
    line = as_line(text)
    if line:
        assert phrasings(with_lines(TEXT, "two", [line]))["two"] == ["[乙]丙", line]


@pytest.mark.parametrize("text", ["[one]", "# one", "#", "one\ntwo", "one\u2028two", " one "])
def test_a_line_means_to_matching_what_was_typed(text: str) -> None:
    normalise = normaliser()
    assert normalise(as_line(text)) == normalise(text)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/*.phrasings.txt")), ids=lambda path: path.name)
def test_the_shipped_files_keep_every_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    after = text
    for name in phrasings(text):
        after = with_lines(after, name, [f"新的问法 {name}"])

    assert [line for line in after.split("\n") if not line.startswith("新的问法 ")] == text.split("\n")
    assert {name: found[-1] for name, found in phrasings(after).items()} == {
        name: f"新的问法 {name}" for name in phrasings(text)
    }
