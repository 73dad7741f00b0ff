"""The command line as a whole: its help, its failures, its manners towards pipes and signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from bot.cli.main import COMMANDS, main
from tests.cli.command_line import Bot, Process

pytestmark = pytest.mark.slow

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"
SUBCOMMANDS = {"knowledge": ("check", "show", "draft")}
LEVELS = [
    (),
    *((name,) for name in COMMANDS),
    *((name, action) for name, actions in SUBCOMMANDS.items() for action in actions),
]


@pytest.mark.parametrize("level", LEVELS, ids=" ".join)
def test_every_level_has_help(level: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*level, "--help"])
    assert left.value.code == 0
    output = capsys.readouterr()
    assert output.err == ""
    assert output.out.startswith(" ".join(("usage: python -m bot", *level)))
    described = output.out.split("\n\n")[1]
    assert described[0].isupper()


def test_help_lists_every_command_and_needs_no_settings(bot: Bot) -> None:
    done = bot("--help", BOT_NONSENSE="1")
    assert done.returncode == 0
    assert done.stderr == ""
    assert all(name in done.stdout for name in COMMANDS)


WRONG_CALLS = [
    ("aks", "did you mean ask?"),
    ("zzz", "the commands are run, chat, ask"),
    ("--nonsense", "--nonsense"),
    ("ask --jsno", "--jsno"),
    ("ask --json --explain", "not allowed with"),
    ("chat hello", "hello"),
    ("knowledge", "ACTION"),
    ("knowledge frob", "frob"),
    ("knowledge draft", "TRANSCRIPT"),
]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(("call", "says"), WRONG_CALLS)
def test_wrong_usage_is_told_in_one_line(call: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(call.split()) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("error: ")
    assert output.err.count("\n") == 1
    assert says in output.err


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BOT_TOKN", TOKEN, "did you mean BOT_TOKEN?"),
        ("BOT_TOKEN", f"my{TOKEN}", "BOT_TOKEN doesn't look like"),
        ("BOT_LOG_LEVEL", TOKEN, "BOT_LOG_LEVEL ('[secret]') must be one of"),
    ],
)
def test_a_bad_setting_ends_the_start_in_one_line_without_its_secret(
    bot: Bot, name: str, value: str, says: str
) -> None:
    done = bot("ask", "绿茶", **{name: value})
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert TOKEN.split(":")[1] not in done.stderr


def test_a_port_given_by_the_host_is_no_error(bot: Bot) -> None:
    assert bot("knowledge", "show", PORT="5000").returncode == 0


@pytest.mark.usefixtures("inside")
def test_missing_knowledge_is_told_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", "nowhere")
    assert main(["ask", "绿茶"]) == 1
    assert capsys.readouterr().err.startswith("nowhere:1: there is no such folder")


@pytest.mark.usefixtures("inside")
def test_a_failing_file_system_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transcript = tmp_path / "talk.txt"
    transcript.write_text("你好\n")
    Path("file").write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_KNOWLEDGE_DIR", "file/below")
        assert main(["knowledge", "draft", str(transcript)]) == 1
    assert capsys.readouterr().err == "error: file/below/talk: Not a directory\n"


@pytest.mark.usefixtures("inside")
def test_a_defect_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(cast("Any", [None])) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: AttributeError: ")
    assert error.endswith("(a defect of the bot; BOT_LOG_LEVEL=DEBUG shows where)\n")


def test_an_interrupt_is_quiet(started: Process) -> None:
    process = started("ask", "--json")
    assert process.stdin
    assert process.stdout
    process.stdin.write("绿茶\n".encode())
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["question"] == "绿茶"
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (-signal.SIGINT, b"")  # which a shell calls 130


def test_a_closed_pipe_is_quiet(started: Process) -> None:
    process = started("ask", "--json")
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write("绿茶\n".encode() * 2000)  # the answers are more than a pipe contains
    process.stdin.close()
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("encoding", ["latin-1", "ascii:strict", "gbk"])
def test_what_is_piped_is_utf_8_whatever_the_locale(bot: Bot, encoding: str) -> None:
    done = bot("knowledge", "show", LC_ALL="C", PYTHONIOENCODING=encoding, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "泡绿茶用多热的水" in done.stdout


def test_only_serving_telegram_reads_its_library(environment: dict[str, str]) -> None:
    modules = ", ".join(listed.module for listed in COMMANDS.values())
    code = f"import sys, {modules}; sys.exit('telegram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_what_serves_telegram_starts_without_what_it_does_not_need() -> None:
    unneeded = {"alembic", "matplotlib", "prompt_toolkit", "sklearn"}
    code = f"import sys, bot.cli.run, bot.cli.serve; sys.exit(' '.join({unneeded} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
