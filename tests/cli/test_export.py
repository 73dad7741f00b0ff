"""`knowledge export`: what admins approved goes into the files, and only that."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.storage import phrasing_decisions
from bot.storage.database import Database
from bot.storage.phrasing_decisions import DecisionState, PhrasingDecision
from tests.cli.command_line import TALK

Approve = Callable[..., None]


@pytest.fixture
def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: None) -> Path:
    """Let the bot serve a copy of the small interview, with a database of its own."""
    folder = Path(shutil.copytree(TALK, tmp_path / "talk"))
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", str(folder))
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{tmp_path / 'bot.db'}")
    return folder


@pytest.fixture
def decide(tmp_path: Path) -> Approve:
    """Return a function that keeps decisions: id, text, entry, state."""

    async def keep(*decisions: tuple[int, str, str, DecisionState]) -> None:
        database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
        await database.upgrade()
        made = [
            PhrasingDecision(number, number, text, entry, state, number) for number, text, entry, state in decisions
        ]
        await phrasing_decisions.save(database, made)
        await database.close()

    return lambda *decisions: asyncio.run(keep(*decisions))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_approved_phrasings_are_written_once_and_the_knowledge_stays_sound(
    talk: Path, decide: Approve, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(
        (1, "茶叶得用多烫的水泡: 说说", "tea/green-tea", "approved"),
        (2, "how hot should it be", "tea/green-tea", "approved"),
        (3, "没人点头", "tea/green-tea", "pending"),
    )
    before = files(talk)

    assert main(["knowledge", "export"]) == 0

    after = files(talk)
    name = "01-tea.phrasings.txt"
    assert [name for name in before if before[name] != after[name]] == [name]
    last = "green tea water temperature\n"
    assert before[name].decode().count(last) == 1
    added = f"{last}茶叶得用多烫的水泡: 说说\nhow hot should it be\n"
    assert after[name].decode() == before[name].decode().replace(last, added)
    assert "2 phrasings written" in capsys.readouterr().out
    assert main(["knowledge", "check"]) == 0
    assert main(["knowledge", "export"]) == 0
    assert files(talk) == after
    assert "0 phrasings written" in capsys.readouterr().out


def test_what_breaks_a_rule_by_now_is_left_out_and_told(
    talk: Path, decide: Approve, capsys: pytest.CaptureFixture[str]
) -> None:
    decide((1, "灯塔呢", "tea/gone", "approved"), (2, "茶叶得用多烫的水泡", "tea/green-tea", "approved"))

    assert main(["knowledge", "export"]) == 1

    told = capsys.readouterr()
    assert told.err == "left out: the entry 'tea/gone' is gone\n"
    assert "1 phrasing written" in told.out


def test_what_stands_in_the_files_already_is_noted_as_such(
    talk: Path, decide: Approve, capsys: pytest.CaptureFixture[str]
) -> None:
    decide((1, "绿茶能用开水泡吗？", "tea/green-tea", "approved"))
    before = files(talk)

    assert main(["knowledge", "export"]) == 0

    assert files(talk) == before
    assert "0 phrasings written" in capsys.readouterr().out


def test_unsound_knowledge_is_left_as_it_is(talk: Path, decide: Approve, capsys: pytest.CaptureFixture[str]) -> None:
    decide((1, "茶叶得用多烫的水泡", "tea/green-tea", "approved"))
    path = talk / "tea" / "01-tea.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("section: tea", "section: coffee"), encoding="utf-8")
    before = files(talk)

    assert main(["knowledge", "export"]) == 1

    assert "coffee" in capsys.readouterr().err
    assert files(talk) == before
