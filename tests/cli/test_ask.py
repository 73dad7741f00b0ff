"""`ask`: one question per line in, an answer out, in the form that scripts rely on."""

from __future__ import annotations

import json
from contextlib import suppress
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot import compose
from bot.answers.reply import Question
from bot.cli.ask import explanation
from bot.cli.encoding import EncodingError
from bot.cli.main import main
from bot.cli.stdin_lines import as_question, encodable, read_lines
from bot.configuration import read_settings
from bot.matching.matcher import Matcher
from tests.cli.command_line import TALK, Bot, Process

pytestmark = pytest.mark.slow

TRANSCRIPT = (TALK / "tea" / "transcript.txt").read_text(encoding="utf-8").split("\n")
NAMED = {"interview", "id", "question", "score"}


def check_line(line: str) -> dict[str, Any]:
    """Hold one line of output against the contract, and return it."""
    reply: dict[str, Any] = json.loads(line)
    assert list(reply) == ["question", "status", "language", "answers", "suggestions", "took_ms"]
    assert reply["status"] in {"answered", "suggested", "unknown", "smalltalk"}
    assert reply["language"] in {"zh", "zh-Hant", "en"}
    assert reply["took_ms"] == round(reply["took_ms"], 1) >= 0
    assert bool(reply["answers"]) == (reply["status"] == "answered")
    assert reply["status"] != "suggested" or 1 <= len(reply["suggestions"]) <= 4
    for answer in reply["answers"]:
        assert set(answer) == NAMED | {"points", "quotes"}
        assert answer["points"]
        for quote in answer["quotes"]:
            assert set(quote) == {"text", "lines", "speaker"}
            first, last = quote["lines"]
            assert quote["text"] in "\n".join(TRANSCRIPT[first - 1 : last])
    for suggestion in reply["suggestions"]:
        assert set(suggestion) == NAMED
    for item in (*reply["answers"], *reply["suggestions"]):
        assert 0 <= item["score"] <= 1
    return reply


def test_one_question_gets_one_object(bot: Bot) -> None:
    done = bot("ask", "--json", "泡绿茶用多热的水？")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    reply = check_line(line)
    assert reply["question"] == "泡绿茶用多热的水？"
    assert reply["status"] == "answered"
    (answer,) = reply["answers"]
    assert (answer["interview"], answer["id"]) == ("tea", "green-tea")
    assert answer["points"] == ["绿茶用八十度的水。", "太烫会把茶叶烫熟。"]
    assert answer["quotes"] == [
        {"text": "绿茶要用八十度的水\n水太烫会把茶叶烫熟", "lines": [3, 4], "speaker": "掌柜转述"}
    ]


def test_the_answer_is_in_the_language_of_the_question(bot: Bot) -> None:
    done = bot("ask", "--json", stdin="green tea water temperature\n泡綠茶用多熱的水？\n")
    english, traditional = map(check_line, done.stdout.splitlines())
    assert english["language"] == "en"
    assert english["answers"][0]["points"][1] == "Hotter water cooks the leaves."
    assert english["answers"][0]["quotes"][0]["speaker"] == "narrator"
    assert traditional["language"] == "zh-Hant"
    assert traditional["answers"][0]["points"][0] == "綠茶用八十度的水。"
    assert traditional["answers"][0]["quotes"][0]["text"].startswith("绿茶")


def test_words_need_no_quotation_marks(bot: Bot) -> None:
    assert check_line(bot("ask", "--json", "green", "tea", "water", "temperature").stdout)["status"] == "answered"


def test_odd_lines_are_answered_in_order_and_empty_ones_left_out(bot: Bot) -> None:
    lines = [
        "\ufeff红茶水温".encode(),
        b"",
        b"   \r",
        '{"q": "红茶水温", "chat": 7, "more": [1]}\r'.encode(),
        b'{"q": 5}',
        b'{"q": "broken',
        b'{"q": ""}',
        b'["q"]',
        b"null",
        b'{"q": "\\ud800 \\ud83c\\udf75"}',
        b"nul \x00 inside",
        "行\u2028分\x85隔".encode(),
        b"[" * 5000,
        "绿茶".encode() * 500,
        "最后没有换行".encode(),
    ]
    done = bot("ask", "--json", stdin=b"\n".join(lines))
    assert (done.returncode, done.stderr) == (0, "")
    asked = [check_line(line)["question"] for line in done.stdout.splitlines()]
    assert asked[:3] == ["红茶水温", "红茶水温", '{"q": 5}']
    assert asked[3:8] == ['{"q": "broken', "", '["q"]', "null", "\ufffd 🍵"]
    assert asked[8:10] == ["nul \x00 inside", "行\u2028分\x85隔"]
    assert asked[10:] == ["[" * 5000, "绿茶" * 500, "最后没有换行"]


def test_every_line_is_answered_before_the_next_is_read(started: Process) -> None:
    process = started("ask", "--json")
    assert process.stdin
    assert process.stdout
    for question in ("红茶水温", "茶馆的客人都是谁？"):
        process.stdin.write(f"{question}\n".encode())
        process.stdin.flush()
        assert check_line(process.stdout.readline().decode())["question"] == question
    assert process.communicate(timeout=30) == (b"", b"")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("绿茶", Question("绿茶")),
        ('{"q": "绿茶"}', Question("绿茶")),
        ('{"q": "绿茶", "chat": null}', Question("绿茶")),
        ('{"q": "绿茶", "chat": "c1"}', Question("绿茶", conversation="c1")),
        (' {"chat": 7, "q": "绿茶", "id": 1} ', Question("绿茶", conversation="7")),
        ('{"question": "绿茶"}', Question('{"question": "绿茶"}')),
        ('{"q": ["绿茶"]}', Question('{"q": ["绿茶"]}')),
        ('{"q": "绿茶"', Question('{"q": "绿茶"')),
    ],
)
def test_lines_with_the_same_chat_are_one_conversation(line: str, expected: Question) -> None:
    assert as_question(line) == expected


def test_nothing_in_is_nothing_out(bot: Bot) -> None:
    assert bot("ask", "--json").stdout == bot("ask").stdout == ""


@pytest.mark.usefixtures("inside")
def test_candidates_scores_and_features_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    settings = read_settings()
    for question in ("绿茶的水温是多少度", "绿茶用几度的水"):
        assert main(["ask", "--explain", question]) == 0
        decision = compose.matcher(settings).decide(question)
        told = capsys.readouterr().out
        assert f"{decision.status} · zh" in told
        for candidate in decision.candidates[:2]:
            assert candidate.entry.key in told
            assert f"{candidate.score:.3f}" in told
            assert all(name in told for name, value in candidate.features.items() if value)


def test_the_topic_that_is_not_covered_is_named(second: Matcher) -> None:
    console = Console(width=120, record=True, file=StringIO())
    console.print(explanation("灯塔有多高？", second.decide("灯塔有多高？")))
    assert "unknown · zh · not covered: lighthouse/!height" in console.export_text()


@pytest.mark.usefixtures("inside")
def test_plain_answers_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "红茶可以用开水泡吗？"]) == 0
    assert capsys.readouterr().out == (
        "❓ 红茶可以用开水泡吗？\n\n• 红茶可以用开水。\n\n│ 红茶可以用开水\n  掌柜转述 · 第 5 行\n\n"
        "相关问题\n  1. 泡绿茶用多热的水？\n"
    )


@given(st.text(st.characters(codec=None)))
def test_any_text_becomes_one_that_can_be_written(text: str) -> None:
    cleaned = encodable(text)
    cleaned.encode()
    assert encodable(cleaned) == cleaned
    assert len(cleaned) <= len(text)


@given(st.binary())
def test_any_bytes_become_questions_or_are_told(raw: bytes) -> None:
    lines = read_lines(BytesIO(raw))
    held = "\ufffd".encode() in raw or b"\xfd\xff" in raw or b"\xff\xfd" in raw
    with suppress(EncodingError):
        for line in lines:
            as_question(line).text.encode()
            assert line.strip()
            assert held or "\ufffd" not in line


def test_an_undisturbed_text_stays_as_it_is() -> None:
    for line in TRANSCRIPT:
        assert encodable(line) == line
