"""Texts that were parsed before are taken as they are, and the result is the same as parsing everything anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.parsed_texts import ParsedText, ParsedTexts, parse_all
from bot.matching.remembered_texts import PARSED, ParsedBefore
from bot.matching.token_table import TokenTable, table_of

ROWS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=5), max_size=8)
TEXTS = st.lists(st.text("abc d", max_size=5), max_size=12)


def rows_of(table: TokenTable) -> list[list[str]]:
    return [[table.names[token] for token in row] for row in np.split(table.flat, table.starts[1:-1])] if table else []


def parse(text: str) -> ParsedText:
    letters = tuple(dict.fromkeys(text))
    return ParsedText(text.strip(), text.replace("a", "b"), letters, tuple(text), letters[:1], tuple(text.split()))


def same(one: ParsedTexts, other: ParsedTexts) -> bool:
    tables = zip(one.tables, other.tables, strict=True)
    return one.columns == other.columns and all(
        a.names == b.names and np.array_equal(a.starts, b.starts) and np.array_equal(a.flat, b.flat) for a, b in tables
    )


@given(rows=ROWS)
def test_a_table_contains_its_rows_and_each_token_once(rows: list[list[str]]) -> None:
    table = table_of(rows)
    assert rows_of(table) == rows
    assert list(table.names) == list(dict.fromkeys(token for row in rows for token in row))


@given(rows=ROWS, chosen=st.lists(st.integers(0, 7), max_size=10))
def test_rows_that_are_taken_make_the_table_of_these_rows(rows: list[list[str]], chosen: list[int]) -> None:
    chosen = [number for number in chosen if number < len(rows)]
    taken, made = table_of(rows).take(np.array(chosen, np.intp)), table_of([rows[number] for number in chosen])
    assert (taken.names, taken.flat.tolist(), taken.starts.tolist()) == (
        made.names,
        made.flat.tolist(),
        made.starts.tolist(),
    )


@given(rows=ROWS, more=ROWS)
def test_a_table_followed_by_another_contains_the_rows_of_both(rows: list[list[str]], more: list[list[str]]) -> None:
    both = table_of(rows).followed_by(table_of(more))
    assert rows_of(both) == rows + more
    assert list(both.names) == list(dict.fromkeys(token for row in rows + more for token in row))


@given(before=TEXTS, texts=TEXTS)
def test_what_was_known_before_makes_no_difference(before: Sequence[str], texts: Sequence[str]) -> None:
    asked: list[str] = []

    def noted(text: str) -> ParsedText:
        asked.append(text)
        return parse(text)

    parsed = parse_all(texts, noted, parse_all(before, parse))
    assert same(parsed, parse_all(texts, parse))
    assert asked == [text for text in dict.fromkeys(texts) if text not in before]


@given(texts=st.lists(st.text(max_size=5), max_size=8))
def test_parsed_texts_are_stored_as_they_are(texts: Sequence[str]) -> None:
    before = ParsedBefore("key", parse_all(texts, parse), {text: text.strip() for text in texts})
    read = PARSED.from_arrays(PARSED.to_arrays(before))
    assert same(read.parsed, before.parsed)
    assert (read.lexicon, read.words) == (before.lexicon, before.words)


@pytest.mark.parametrize("damage", ["terms.flat", "texts.lengths"])
def test_stored_texts_that_are_damaged_are_refused(damage: str) -> None:
    arrays = dict(PARSED.to_arrays(ParsedBefore("key", parse_all(["ab", "c"], parse), {})))
    del arrays[damage]
    with pytest.raises(KeyError):
        PARSED.from_arrays(arrays)
