"""The chat from outside: piped, typed into a prompt, and in a real terminal."""

from __future__ import annotations

import io
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.cli.chat import HISTORY, Suggestions, converse_with_person
from bot.cli.session import COMMANDS, Session
from tests.cli.command_line import Bot, command

pytestmark = pytest.mark.slow


def test_run_without_a_token_tells_how_to_get_one_and_answers(bot: Bot) -> None:
    done = bot(stdin="红茶可以用开水泡吗？\n\n1\n")
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 2
    assert "@BotFather" in done.stderr
    assert "BOT_TOKEN" in done.stderr
    first, second = done.stdout.split("❓ ")[1:]
    assert first.startswith("红茶可以用开水泡吗？\n\n• 红茶可以用开水。\n")
    assert second.startswith("泡绿茶用多热的水？")


def test_run_is_the_default(bot: Bot) -> None:
    assert bot("run", stdin="红茶水温").stdout == bot(stdin="红茶水温").stdout != ""


def test_the_hint_is_in_the_language_of_the_locale(bot: Bot) -> None:
    assert "To serve Telegram" in bot(LANG="en_US.UTF-8").stderr


def test_chat_ends_with_its_input_or_with_quit(bot: Bot) -> None:
    assert bot("chat").stdout == ""
    done = bot("chat", stdin="/quit\n红茶水温\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "回头见！\n", "")


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def typed(session: Session, keyboard: PipeInput, keys: str) -> str:
    screen = io.StringIO()
    keyboard.send_text(keys)
    converse_with_person(session, Console(file=screen, width=80), InMemoryHistory())
    return screen.getvalue()


def test_the_prompt_answers_and_ends_with_control_d(session: Session, keyboard: PipeInput) -> None:
    shown = typed(session, keyboard, "红茶水温\r\r1\r\x04")
    assert "茶馆访谈" in shown
    assert shown.index("• 红茶可以用开水。") < shown.index("• 绿茶用八十度的水。") < shown.index("回头见")


def test_control_c_clears_the_line_and_then_leaves(session: Session, keyboard: PipeInput) -> None:
    shown = typed(session, keyboard, "红茶水\x03红茶水温\r\x03")
    assert shown.count("• 红茶可以用开水。") == 1
    assert shown.rstrip().endswith("回头见！")


def completions(session: Session, text: str, asked_for: bool) -> list[str]:
    event = CompleteEvent(completion_requested=asked_for)
    return [item.text for item in Suggestions(session).get_completions(Document(text), event)]


def test_commands_complete_while_typing_and_questions_on_tab(session: Session) -> None:
    assert completions(session, "/", asked_for=False) == list(COMMANDS)
    assert completions(session, "/to", asked_for=False) == ["/topics"]
    assert completions(session, "绿茶", asked_for=False) == []
    assert completions(session, "绿茶", asked_for=True) == ["泡绿茶用多热的水？"]
    assert len(completions(session, "", asked_for=True)) == 4
    session.handle("/lang en")
    assert completions(session, "WATER tea", asked_for=True)[0] == "How hot should the water for green tea be?"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("variables", [{"TERM": "xterm-256color"}, {"TERM": "dumb", "NO_COLOR": "1"}], ids=str)
def test_in_a_terminal(environment: dict[str, str], data: Path, tmp_path: Path, variables: dict[str, str]) -> None:
    (data / HISTORY).unlink(missing_ok=True)
    terminal, inner = os.openpty()
    quiet = {"PROMPT_TOOLKIT_NO_CPR": "1"}
    with subprocess.Popen(
        command(["chat"]), stdin=inner, stdout=inner, stderr=inner, cwd=tmp_path, env=environment | quiet | variables
    ) as process:
        os.close(inner)
        try:
            read_until(terminal, "/topics")
            os.write(terminal, "红茶水温\r".encode())
            shown = read_until(terminal, "相关问题", "› ")
            os.write(terminal, b"/quit\r")
            read_until(terminal, "回头见")
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()
            os.close(terminal)
    assert "红茶可以用开水。" in shown
    assert ("\x1b[1m" in shown) == (variables["TERM"] != "dumb")
    assert "红茶水温" in (data / HISTORY).read_text(encoding="utf-8")


def read_until(terminal: int, *wanted: str, patience: float = 30.0) -> str:
    """Return what the terminal showed until it had shown all that is wanted, in that order."""
    shown, end = b"", time.monotonic() + patience
    in_order = re.compile(b".*".join(re.escape(one.encode()) for one in wanted), re.DOTALL)
    while in_order.search(shown) is None:
        assert select.select([terminal], [], [], max(0.0, end - time.monotonic()))[0], shown.decode(errors="replace")
        shown += os.read(terminal, 65536)
    return shown.decode(errors="replace")
