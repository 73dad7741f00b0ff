"""The JSON form of a reply."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.answers.as_json import to_line, to_object
from bot.answers.reply import Decision, Reply, Scored
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge

TALK = Path(__file__).parents[1] / "cli" / "talk"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(TALK, str.casefold)


def test_an_answer_carries_everything_that_it_says(knowledge: Knowledge) -> None:
    entry = knowledge.by_key["tea/green-tea"]
    other = knowledge.by_key["tea/black-tea"]
    reply = Reply("q", Decision("answered", "en", (Scored(entry, 0.98765432),), (Scored(other, 0.25),)), took_ms=1.8499)
    assert to_object(reply) == {
        "question": "q",
        "status": "answered",
        "language": "en",
        "answers": [
            {
                "interview": "tea",
                "id": "green-tea",
                "question": "How hot should the water for green tea be?",
                "score": 0.9877,
                "points": ["Green tea takes water of eighty degrees.", "Hotter water cooks the leaves."],
                "quotes": [{"text": "绿茶要用八十度的水\n水太烫会把茶叶烫熟", "lines": [3, 4], "speaker": "narrator"}],
            }
        ],
        "suggestions": [
            {
                "interview": "tea",
                "id": "black-tea",
                "question": "Can black tea be made with boiling water?",
                "score": 0.25,
            }
        ],
        "took_ms": 1.8,
    }


@pytest.mark.parametrize("text", ["两\n行", "行\u2028分\x85隔\u2029", 'q"\\', "\x00\x1b[31m", "🍵"])
def test_a_reply_is_one_line_whatever_was_asked(text: str) -> None:
    line = to_line(Reply(text, Decision("smalltalk", "zh", smalltalk="nothing")))
    assert line.splitlines() == [line]
    assert json.loads(line)["question"] == text


def test_chinese_stays_readable(knowledge: Knowledge) -> None:
    reply = Reply("绿茶", Decision("answered", "zh", (Scored(knowledge.by_key["tea/green-tea"], 1.0),)))
    assert "绿茶用八十度的水" in to_line(reply)
