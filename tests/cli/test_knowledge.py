"""`knowledge`: what a curator sees."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.cli.command_line import TALK, Bot

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TALK, tmp_path / "talk"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
def test_check_tells_what_is_covered_and_what_is_left(bot: Bot) -> None:
    done = bot("knowledge", "check")
    assert done.returncode == 0
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == [
        f"{TALK.as_posix()}/tea/{place}"
        for place in (*(f"01-tea.phrasings.txt:{line}" for line in (2, 7, 11)), "02-people.phrasings.txt:2")
    ]
    first, _, _, _ = done.stderr.splitlines()
    assert first.endswith("'green-tea' has 2 Chinese and 1 English wordings; 8 and 4 at least find it more surely")
    assert done.stdout == (
        "tea: 4 entries, 10 phrasings\n"
        "substantive lines covered: 6/7 (85.7%)\n"
        "  left over: line 8: 这一行没有人提起\n"
        "0 errors, 4 warnings\n"
    )


def test_check_takes_a_folder(talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(talk / "tea" / "interview.yaml", "  - 大家好", "  - 大家好\n  - 这一行没有人提起")
    assert main(["knowledge", "check", str(talk)]) == 0
    assert "substantive lines covered: 6/6 (100.0%)\n0 errors" in capsys.readouterr().out


def test_check_tells_every_fault_with_its_place(talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(talk / "tea" / "01-tea.yaml", "          绿茶要用八十度的水", "          绿茶要用九十度的水")
    replace(talk / "tea" / "01-tea.yaml", "related: [green-tea]", "related: [blue-tea]")
    replace(talk / "tea" / "02-people.yaml", "          他们下午三点", "          他们下午四点")
    assert main(["knowledge", "check", str(talk)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    places = [line.partition(": ")[0] for line in output.err.splitlines()]
    assert places == [f"{talk}/tea/{place}" for place in ("01-tea.yaml:10", "01-tea.yaml:14", "02-people.yaml:9")]


def test_show_lists_sections_and_entries(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "tea  茶馆访谈 (2024-05)"
    assert lines[1:3] == ["  tea  泡茶", "    green-tea  泡绿茶用多热的水？"]
    assert lines[-2:] == ["  people  客人", "    guests     茶馆的客人都是谁？"]


@pytest.mark.parametrize("name", ["guests", "tea/guests"])
def test_show_prints_an_entry_in_both_languages(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "show", name]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"tea/guests  ({TALK.as_posix()}/tea/02-people.yaml:4)\n\n❓ 茶馆的客人都是谁？\n")
    assert "❓ Who comes to the tea house?" in shown
    assert "• Mostly old neighbours, who come at three to play chess." in shown
    assert shown.count("│ 来的客人多是老街坊\n│ 他们下午三点来下棋") == 2


@pytest.mark.parametrize(("name", "says"), [("gests", "did you mean guests?"), ("zzz", "'knowledge show' lists them")])
def test_show_knows_no_other_entries(name: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "show", name]) == 1
    assert capsys.readouterr().err == f"error: there is no entry '{name}'; {says}\n"


def test_show_asks_which_where_two_interviews_have_the_entry(
    talk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(talk / "tea", talk / "tea-again")
    for path in (talk / "tea-again").glob("0*.yaml"):
        replace(path, "？, en: ", "呢再说一遍？, en: again ")
    for path in (talk / "tea-again").glob("*.phrasings.txt"):
        lines = path.read_text(encoding="utf-8").split("\n")
        again = [f"又一次的{line} once more" if line and not line.startswith("[") else line for line in lines]
        path.write_text("\n".join(again), encoding="utf-8")
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", str(talk))
    assert main(["knowledge", "show", "guests"]) == 1
    assert capsys.readouterr().err.endswith("say which: tea/guests, tea-again/guests\n")
    assert main(["knowledge", "show", "tea-again/guests"]) == 0


def test_draft_writes_a_folder_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", str(tmp_path / "new"))
    transcript = tmp_path / "My Talk.txt"
    transcript.write_bytes((TALK / "tea" / "transcript.txt").read_bytes())
    assert main(["knowledge", "draft", str(transcript)]) == 0
    home = tmp_path / "new" / "my-talk"
    assert sorted(path.name for path in home.iterdir()) == [
        "01-part-1.phrasings.txt", "01-part-1.yaml", "interview.yaml", "transcript.txt",
    ]  # fmt: skip
    assert (home / "transcript.txt").read_bytes() == transcript.read_bytes()
    assert str(home / "interview.yaml") in capsys.readouterr().out
    (home / "interview.yaml").write_text("mine")
    assert main(["knowledge", "draft", str(transcript)]) == 1
    assert capsys.readouterr().err.startswith(f"error: {home} exists already")
    assert (home / "interview.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["访谈.txt", "-.txt"])
def test_draft_asks_for_a_name_that_it_cannot_make(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transcript = tmp_path / name
    transcript.write_text("你好\n", encoding="utf-8")
    assert main(["knowledge", "draft", str(transcript)]) == 1
    assert "--id" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", None, "你好".encode("gb18030")], ids=["empty", "missing", "gb18030"])
def test_draft_refuses_what_is_no_transcript(
    content: str | bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", str(tmp_path / "new"))
    transcript = tmp_path / "talk.txt"
    if content is not None:
        transcript.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert main(["knowledge", "draft", str(transcript)]) == 1
    assert capsys.readouterr().err.startswith(f"{transcript}:1: ")
    assert not (tmp_path / "new").exists()
