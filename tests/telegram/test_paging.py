"""Lists that are shown a page at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.curation.gap_pages import Gaps
from bot.telegram.ui import ListPage, encode_button, list_page
from bot.text import Texts


@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_the_pages_of_a_list_hold_every_item_once_in_order(items: list[int], per_page: int) -> None:
    count = list_page(items, 0, per_page).count
    pages = [list_page(items, number, per_page) for number in range(count)]

    assert [item for page in pages for item in page.items] == items
    assert [(page.number, page.count) for page in pages] == [(number, count) for number in range(count)]
    assert all(0 < len(page.items) <= per_page for page in pages) or not items


@given(st.lists(st.integers(), max_size=20), st.integers(0, 99), st.integers(1, 9))
def test_past_the_end_the_last_page_is_shown(items: list[int], number: int, per_page: int) -> None:
    last = list_page(items, 0, per_page).count - 1

    assert list_page(items, last + number, per_page) == list_page(items, last, per_page)


@pytest.mark.parametrize(
    ("number", "count", "leads_to"),
    [(0, 1, []), (0, 3, [("next", 1)]), (1, 3, [("previous", 0), ("next", 2)]), (2, 3, [("previous", 1)])],
)
def test_the_buttons_lead_to_the_pages_that_there_are(
    texts: Texts, number: int, count: int, leads_to: list[tuple[str, int]]
) -> None:
    rows = ListPage((), number, count).turning_rows(texts, "en", lambda page: Gaps("en", page))

    buttons = [(key.text, key.callback_data) for row in rows for key in row]
    assert buttons == [(texts("en", f"paging.{key}"), encode_button(Gaps("en", page))) for key, page in leads_to]
    assert len(rows) <= 1
