"""Folders whose entries still contain their phrasings become today's, and lose nothing."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.errors import KnowledgeError
from bot.knowledge.old_layout import split_file
from bot.knowledge.yaml_file import parse_yaml
from tests.builders import SHIPPED, TESTS, copy_of, edit, problems_of

OLD = TESTS / "old_knowledge"
BEFORE, AFTER = OLD / "before", OLD / "after"
PHRASINGS_OF_FILE = {
    "green": [
        *("绿茶的水温", "水温: 绿茶 #1", "绿茶'要多烫", "绿茶怎么泡 才不苦", "绿茶的水 是多少度", "绿茶 水温 几度合适"),
        *("green tea temperature", "green tea: how hot", "［green tea］", "＃ how hot for green"),
    ],
    "slow": ["慢慢喝", "为什么慢慢喝", "茶要慢慢喝吗", "slow tea", "why slow"],
}
"""What the old lists hold, Chinese first; signs that would be a heading or a comment are full-width."""


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = copy_of(BEFORE, tmp_path / "knowledge")
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", str(folder))
    return folder


def test_an_old_folder_is_refused_with_the_command_that_upgrades_it(folder: Path) -> None:
    told = "holds 'phrasings:', which have files of their own now; run: python -m bot knowledge upgrade"
    assert problems_of(folder) == [f"talk/01-brewing.yaml:11: {told}", f"talk/not-covered.yaml:5: {told}"]


def test_an_old_folder_becomes_todays_byte_for_byte(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "upgrade"]) == 0

    assert files(folder) == files(BEFORE) | files(AFTER)
    assert problems_of(folder) == []
    assert capsys.readouterr().out == (
        f"{folder}/talk/01-brewing.yaml: 23 wordings moved to 01-brewing.phrasings.txt\n"
        f"{folder}/talk/not-covered.yaml: 5 wordings moved to not-covered.phrasings.txt\n"
        "28 wordings moved; now run: python -m bot knowledge check\n"
    )


def test_the_second_time_nothing_is_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["knowledge", "upgrade"])
    before = files(folder)
    capsys.readouterr()

    assert main(["knowledge", "upgrade"]) == 0

    assert files(folder) == before
    assert capsys.readouterr().out == f"{folder}: nothing to do, its files have today's form already\n"


def test_one_interviews_folder_can_be_named(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "talk", tmp_path / "alone")

    assert main(["knowledge", "upgrade", str(tmp_path / "alone")]) == 0

    assert (tmp_path / "alone" / "01-brewing.phrasings.txt").is_file()
    assert not (folder / "talk" / "01-brewing.phrasings.txt").exists()


@pytest.mark.parametrize("name", ["nowhere", "knowledge/empty"])
def test_what_is_no_folder_of_interviews_is_told(
    name: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    assert main(["knowledge", "upgrade", str(tmp_path / name)]) == 1
    assert capsys.readouterr().err.endswith("name a knowledge folder or an interview's\n")


def test_phrasings_and_comments_go_along_and_the_rest_stays() -> None:
    old = (BEFORE / "talk" / "01-brewing.yaml").read_text(encoding="utf-8")
    taken = split_file(old, "entries", "", "old.yaml")
    assert taken is not None
    blocks = {block.split("\n")[0][1:-1]: block.split("\n")[1:] for block in taken.phrasings.strip().split("\n\n")}
    for name, phrasings in PHRASINGS_OF_FILE.items():
        assert [line for line in blocks[name] if not line.startswith("# ")] == phrasings
    comments = {line for line in taken.phrasings.split("\n") if line.startswith("# ")}
    assert {line.partition("# ")[2] for line in old.split("\n") if "# " in line} - {
        comment[2:] for comment in comments
    } == {
        "How tea is made. This comment stays where it is.", "and so does this one", "---- green ----", "the end",
        "before the wordings, so not one of theirs", "behind the wordings, so not one of theirs",
        'how hot for green"',
    }  # fmt: skip
    kept = parse_yaml(old, "old.yaml").data
    for entry in kept["entries"]:
        del entry["phrasings"]
    assert parse_yaml(taken.yaml, "new.yaml").data == kept


def test_an_upgrade_that_was_cut_short_is_completed(folder: Path) -> None:
    talk = folder / "talk"
    shutil.copyfile(AFTER / "talk" / "01-brewing.phrasings.txt", talk / "01-brewing.phrasings.txt")

    assert main(["knowledge", "upgrade"]) == 0

    assert files(folder) == files(BEFORE) | files(AFTER)


def test_an_entry_that_was_added_in_the_old_form_joins_the_others(folder: Path) -> None:
    main(["knowledge", "upgrade"])
    path = folder / "talk" / "not-covered.phrasings.txt"
    edit(
        folder / "talk" / "not-covered.yaml",
        "    near: [green]\n",
        "    near: [green]\n    phrasings: {zh: [茶多贵]}\n",
    )

    assert main(["knowledge", "upgrade"]) == 0

    assert "how much is a pot of tea\n茶多贵\n\n[coffee]\n" in path.read_text(encoding="utf-8")
    assert (folder / "talk" / "not-covered.yaml").read_bytes() == files(AFTER)["talk/not-covered.yaml"]


@pytest.mark.parametrize(
    ("phrasings", "line"),
    [
        ("phrasings: [一壶茶多少钱]", 5),
        ("phrasings: {zh: []}", 5),
        ("phrasings: {zh: [[一壶]]}", 5),
        ("phrasings: {fr: [combien]}", 5),
        ("phrasings:", 5),
    ],
)
def test_what_is_no_list_of_phrasings_is_left_for_its_curator(phrasings: str, line: int, folder: Path) -> None:
    text = f"not_covered:\n  - id: price\n    about: {{zh: 价, en: price}}\n    near: []\n    {phrasings}\n"
    with pytest.raises(KnowledgeError, match=f"^old.yaml:{line}: needs an 'id', and 'phrasings' with lists"):
        split_file(text, "not_covered", "", "old.yaml")


def test_nothing_is_written_where_any_file_is_unsound(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder / "talk" / "not-covered.yaml", "not_covered:", "not_covered: {")
    before = files(folder)

    assert main(["knowledge", "upgrade"]) == 1

    assert "not-covered.yaml:" in capsys.readouterr().err
    assert files(folder) == before


def test_the_shipped_files_are_what_the_upgrade_made_of_the_old_ones() -> None:
    old = (OLD / "01-background.yaml").read_text(encoding="utf-8")
    taken = split_file(old, "entries", "", "01-background.yaml")
    assert taken is not None
    assert hashlib.sha256(taken.yaml.encode()).hexdigest() == (
        "da9bf24393dd1f06afc18db0c81dc5a25c7e7566bd5689030b3e8f4a8d049b4a"
    )
    assert hashlib.sha256(taken.phrasings.encode()).hexdigest() == (
        "7a1f4e8981b389a31aaddac3b19d46805688b1b9c319d78fe6789e9f89366669"
    )
    assert (SHIPPED / "altman-a16z" / "01-background.phrasings.txt").is_file()
