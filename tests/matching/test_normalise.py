"""One form for all the ways of typing the same words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.matching.normalise import INLINE, WORDS, Normaliser
from tests.builders import cases, normaliser

NORMALISE = normaliser()
PIECES = [
    "奥特曼",
    "怎么看",
    "核能",
    "谢谢",
    "嗯",
    "啊",
    "那个",
    "多",
    "請問",
    "嗎",
    "佢",
    "啥",
    " ",
    "AI",
    "sora2",
    "please",
    "26",
    "？",
    "。",
    "，",
    "!",
    "…",
    "\u200b",
    "🤔",
    "@",
    "/ask",
    "#",
    "ㄏㄜˊ",
    "ㄇㄜ˙",
    "hé",
    "lüe",
    "neng2",
    "［",
    "(",
    "ｘ",
    "https://t.me/a",
    "[图片]",
    "\n",
    "_",
    "é",
    "ß",
    "ﬁ",
]
TYPED = st.lists(st.sampled_from(PIECES), max_size=15, unique=True).map("".join)


def test_the_stages_run_in_this_order() -> None:
    assert [stage.__name__ for stage in INLINE] == [
        "without_invisible",
        "zhuyin",
        "compatible",
        "without_addressing",
        "toneless",
        "simplified",
        "common_wording",
    ]
    assert [stage.__name__ for stage in WORDS] == ["words_only", "unstretched", "without_filler", "evenly_spaced"]


@pytest.mark.parametrize("case", cases("normalise"))
def test_a_text_is_brought_to_its_form(case: dict[str, Any]) -> None:
    assert NORMALISE(case["text"]) == case["expected"]


@given(TYPED)
def test_a_form_is_its_own_form(text: str) -> None:
    form = NORMALISE(text)
    assert NORMALISE(form) == form


@given(TYPED)
def test_a_form_holds_words_and_single_spaces_alone(text: str) -> None:
    form = NORMALISE(text)
    assert form == form.strip()
    assert form == form.lower()
    assert "  " not in form
    assert all(character.isalnum() or character == " " for character in form)


@given(st.text(st.characters(codec=None), max_size=60))
@example("\ud800核能\udfff")
@example("\x00\x01\x1b[31m核能")
@example("@" * 300)
@example("核能" * 20_000)
@example("6" * 20_000 + "x")
@example("((((" * 2_000 + "[图片" * 500)
@example("a1" + "a" * 20_000 + "9")
@example("a" * 20_000 + "é")
@example("ㄏㄜˊ" * 10_000)
@example("谢" * 5_000 + "lol " * 2_000)
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(NORMALISE(text), str)


def test_a_clause_gets_the_form_that_it_has_by_itself() -> None:
    inline = NORMALISE.inline("奧特曼怎麼看核能？還有，Sora 呢")
    assert inline == "奥特曼怎么看核能?还有,sora 呢"
    assert [NORMALISE.of_inline(clause) for clause in inline.split("?")] == ["奥特曼怎么看核能", "还有sora呢"]


def test_two_normalisers_of_the_same_words_agree() -> None:
    assert Normaliser(NORMALISE.words)("您好，核能？") == NORMALISE("您好，核能？") == "核能"
