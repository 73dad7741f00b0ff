"""Finding words in a transcript, against a search that is slow and obvious."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.transcript import Transcript

TEXTS = st.lists(st.text("ab茶", max_size=6), min_size=1, max_size=8).map("\n".join)
QUOTED = st.text("ab茶\n", max_size=5)


@given(TEXTS, QUOTED)
def test_every_place_is_found_and_nothing_else(text: str, quoted: str) -> None:
    wanted = quoted.replace("\n", "")
    expected = {
        (start, end)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if wanted and text[start:end].replace("\n", "") == wanted and "\n" not in {text[start], text[end - 1]}
    }
    assert {(span.start, span.end) for span in Transcript(text).find(quoted)} == expected


@given(TEXTS, QUOTED)
def test_a_place_is_told_in_lines_too(text: str, quoted: str) -> None:
    transcript = Transcript(text)
    for span in transcript.find(quoted):
        assert span.first == text.count("\n", 0, span.start) + 1
        assert span.last == text.count("\n", 0, span.end - 1) + 1
        assert transcript.slice(span).replace("\n", "") == quoted.replace("\n", "")


def test_lines_are_numbered_without_their_breaks() -> None:
    assert Transcript("一\n二\n三\n").lines == ("一", "二", "三")
