"""However a question is dressed, the shipped matcher decides the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.matcher import Matcher
from bot.matching.results import Decision

Dress = Callable[[str], str]

_TRADITIONAL = opencc.OpenCC("s2t")


@pytest.fixture(scope="session")
def questions(shipped: Matcher) -> Sequence[str]:
    """Return phrasings of every shipped entry."""
    return [phrasing.text for entry in shipped.knowledge.by_key.values() for phrasing in list(entry.asked_as())[::4]]


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


DRESSES: Mapping[str, Dress] = {
    "polite": lambda text: f"你好，请问一下，{text}？谢谢！",
    "polite-english": lambda text: f"Hi, {text} please, thanks",
    "filler": lambda text: f"嗯 那个 {text}啊",
    "mention-first": lambda text: f"@interview_bot {text}",
    "mention-last": lambda text: f"{text} @interview_bot",
    "command": lambda text: f"/ask@interview_bot {text}",
    "full-width": full_width,
    "upper-case": str.upper,
    "emoji": lambda text: f"🤔{text}👩‍💻🇨🇳",
    "zero-width": "\u200b".join,
    "byte-order-mark": lambda text: f"\ufeff{text}\u200e",
    "traditional": lambda text: str(_TRADITIONAL.convert(text)),
    "marks": lambda text: f"「{text}」？？？",
}


def shown(decision: Decision) -> object:
    """Return what a user gets to see of a decision, apart from its language."""
    return (
        decision.status,
        [found.entry.key for found in decision.answers],
        [found.entry.key for found in decision.suggestions],
        decision.not_covered and decision.not_covered.key,
    )


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
@settings(max_examples=15)
@given(number=st.integers(0))
def test_a_dress_changes_nothing(dress: Dress, number: int, questions: Sequence[str], shipped: Matcher) -> None:
    text = questions[number % len(questions)]
    assert shown(shipped.decide(dress(text))) == shown(shipped.decide(text))


@settings(max_examples=25)
@given(number=st.integers(0), one=st.sampled_from(sorted(DRESSES)), other=st.sampled_from(sorted(DRESSES)))
def test_two_dresses_change_nothing(
    number: int, one: str, other: str, questions: Sequence[str], shipped: Matcher
) -> None:
    text = questions[number % len(questions)]
    assert shown(shipped.decide(DRESSES[one](DRESSES[other](text)))) == shown(shipped.decide(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\ud800",
        "a" * 20_000,
        "核" * 20_000,
        "6" * 20_000 + "x",
        "还有" * 2_000,
        "谢" * 5_000,
        "，a" * 2_000,
    ],
    ids=lambda text: f"{len(text)}-{text[:2]!a}",
)
@pytest.mark.timeout(10)
def test_no_text_breaks_it_or_holds_it_up(text: str, shipped: Matcher) -> None:
    decision = shipped.decide(text)
    assert decision == shipped.decide(text)
