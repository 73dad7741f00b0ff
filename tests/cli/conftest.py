"""The command line as its users have it: another process, or `main` with arguments."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot import compose
from bot.answers.assistant import Assistant
from bot.cli.main import main
from bot.cli.session import Session
from bot.configuration import Settings, variable_names
from bot.matching.matcher import Matcher
from bot.text import Texts, read_texts
from tests.builders import ROOT, Prebuilt
from tests.cli.command_line import TALK, Bot, Process, command


@pytest.fixture(scope="session")
def data(make_data_dir: Callable[[], Path]) -> Path:
    """Return one data folder for all these tests."""
    return make_data_dir()


@pytest.fixture(scope="session")
def talk_matcher(data: Path) -> Matcher:
    """Return the matcher of the small interview; what it computes once is in the data folder from then on."""
    return compose.matcher(Settings(knowledge_dir=TALK, data_dir=data))


@pytest.fixture(scope="session")
def texts() -> Texts:
    """Return the bot's phrasing."""
    return read_texts(ROOT / "config" / "texts")


@pytest.fixture
def session(talk_matcher: Matcher, texts: Texts) -> Session:
    """Begin a chat about the small interview."""
    return Session(Assistant(Prebuilt(talk_matcher), TALK), texts, "zh")


@pytest.fixture
def environment(data: Path, talk_matcher: Matcher) -> dict[str, str]:
    """Return the variables of a process that knows the small interview and nothing of this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "LC_", "LANG"))}
    assert talk_matcher  # the data folder contains what it has computed
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
        "BOT_KNOWLEDGE_DIR": str(TALK),
        "BOT_DATA_DIR": str(data),
        "LANG": "C.UTF-8",
    }


@pytest.fixture
def inside(environment: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this process the same variables, and an empty folder to be in."""
    for name in variable_names():
        monkeypatch.delenv(name, raising=False)
    for name in ("BOT_KNOWLEDGE_DIR", "BOT_DATA_DIR", "LANG"):
        monkeypatch.setenv(name, environment[name])
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def bot(environment: dict[str, str], tmp_path: Path) -> Bot:
    """Return a function that runs `python -m bot` to its end."""

    def run(*arguments: str, stdin: str | bytes = "", **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command(arguments),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=tmp_path,
            env=environment | variables,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def bot_here(inside: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bot:
    """Return a function that does as `bot` within this process, which takes a fraction of the time."""

    def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(arguments)
        shown = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, shown.out, shown.err)

    return run


@pytest.fixture
def started(environment: dict[str, str], tmp_path: Path) -> Process:
    """Return a function that starts `python -m bot` with pipes."""

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(command(arguments), stdin=pipe, stdout=pipe, stderr=pipe, cwd=tmp_path, env=environment)

    return start
