"""Standard input in the encodings that people's systems write: read right, or told in one line."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from bot.cli.encoding import EncodingError
from bot.cli.stdin_lines import read_lines
from tests.builders import SHIPPED
from tests.cli.command_line import Bot, Process, command

pytestmark = pytest.mark.slow

SIMPLIFIED = ("红茶要用多热的水来泡才好喝？", "上一回说的绿茶怎么泡", "茶馆的客人都是谁？")
TRADITIONAL = ("紅茶要用多熱的水來泡才好喝？", "上一回說的綠茶怎麼泡", "茶館的客人都是誰？")

WRITTEN = {
    "UTF-8": (SIMPLIFIED, "utf-8"),
    "UTF-8 with a byte order mark": (SIMPLIFIED, "utf-8-sig"),
    "UTF-16 as PowerShell writes it": (SIMPLIFIED, "utf-16"),
    "UTF-16 without a mark": (SIMPLIFIED, "utf-16-le"),
    "UTF-16, the high byte first": (SIMPLIFIED, "utf-16-be"),
    "GBK": (SIMPLIFIED, "gbk"),
    "GB18030 with a character that GBK lacks": ((*SIMPLIFIED, "他说🍵好喝吗"), "gb18030"),
    "Big5": (TRADITIONAL, "cp950"),
}
SURE_THEN_SHORT = ("红茶要用多热的水来泡才好喝？", "谢谢")
ENDS = ("\n", "\r\n")


def bytes_of(lines: tuple[str, ...], encoding: str, end: str) -> bytes:
    return end.join((*lines, "")).encode(encoding)


@pytest.mark.parametrize("end", ENDS, ids=["LF", "CR LF"])
@pytest.mark.parametrize("kind", WRITTEN)
def test_lines_are_read_in_the_encoding_that_they_are_written_in(kind: str, end: str) -> None:
    lines, encoding = WRITTEN[kind]
    assert list(read_lines(BytesIO(bytes_of(lines, encoding, end)))) == list(lines)


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("call", [("ask",), ("ask", "--json"), ("chat",), ("run",)], ids=" ".join)
def test_every_command_reads_them_alike(kind: str, call: tuple[str, ...], bot_here: Bot) -> None:
    lines, encoding = WRITTEN[kind]
    done = bot_here(*call, stdin=bytes_of(lines, encoding, "\r\n"))
    assert done.returncode == 0
    assert "\ufffd" not in done.stdout
    if "--json" in call:
        replies = [json.loads(line) for line in done.stdout.splitlines()]
        assert [reply["question"] for reply in replies] == list(lines)
        assert replies[0]["status"] == "answered"


@pytest.mark.parametrize("call", [("ask",), ("chat",), ("run",)], ids=" ".join)
def test_a_process_reads_another_encoding_than_its_locales(call: tuple[str, ...], bot: Bot) -> None:
    lines, encoding = WRITTEN["GBK"]
    done = bot(*call, stdin=bytes_of(lines, encoding, "\r\n"))
    assert done.returncode == 0
    assert "红茶可以用开水" in done.stdout
    assert "\ufffd" not in done.stdout


def test_a_line_of_utf_16_is_answered_before_the_next_is_written(started: Process) -> None:
    process = started("ask", "--json")
    assert process.stdin
    assert process.stdout
    for question in SIMPLIFIED:
        process.stdin.write(f"{question}\r\n".encode("utf-16-le"))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["question"] == question
    assert process.communicate(timeout=30) == (b"", b"")


def test_a_short_line_is_in_the_encoding_of_those_before() -> None:
    assert list(read_lines(BytesIO(bytes_of(SURE_THEN_SHORT, "gbk", "\n")))) == list(SURE_THEN_SHORT)


@pytest.mark.parametrize("encoding", ["gbk", "cp950", "utf-16-le"])
def test_no_question_of_the_shipped_interview_is_read_as_something_else(encoding: str) -> None:
    rows = map(json.loads, (SHIPPED / "altman-a16z" / "questions.jsonl").read_text(encoding="utf-8").splitlines())
    questions = [row["q"] for row in rows if any("\u4e00" <= one <= "\u9fff" for one in row.get("q", ""))]
    told = 0
    for question in questions:
        try:
            raw = f"{question}\n".encode(encoding)
        except UnicodeEncodeError:
            continue
        try:
            assert list(read_lines(BytesIO(raw))) == [question]
        except EncodingError:
            told += 1
    assert len(questions) > 200
    assert told < len(questions) / 5


@pytest.mark.parametrize(
    "raw",
    ["红茶".encode() + b"\xff\xfe\x80 not utf-8", "绿茶".encode()[:-1], "crème brûlée".encode("latin-1")],
    ids=["damaged", "cut off", "Latin"],
)
@pytest.mark.parametrize("call", [("ask", "--json"), ("chat",)], ids=" ".join)
def test_what_cannot_be_told_for_sure_is_told_in_one_line_with_the_remedy(
    raw: bytes, call: tuple[str, ...], bot: Bot
) -> None:
    done = bot(*call, stdin="红茶水温\n".encode() + raw + b"\n")
    assert done.returncode == 1
    assert done.stderr.startswith("error: standard input, line 2: isn't UTF-8")
    assert "chcp 65001" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "\ufffd" not in done.stdout


@pytest.mark.parametrize("encoding", ["gbk", "cp950", "latin-1"])
def test_a_terminal_that_lacks_a_character_shows_a_sign_in_its_place(
    encoding: str, environment: Mapping[str, str], tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(["ask", "红茶水温🍵臺灣"]),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**environment, "PYTHONIOENCODING": encoding},
    )
    os.close(theirs)
    shown = b""
    try:
        while read := os.read(ours, 65536):
            shown += read
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 0
    assert shown
