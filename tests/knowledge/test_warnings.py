"""What a curator is warned of although it is no error: texts that read otherwise than they look, and lost files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from bot.knowledge.load import inspect
from tests.builders import TESTS, copy_of, edit, normaliser, write

SOUND = TESTS / "bad_knowledge" / "sound"
SECTION = "talk/01-brewing.yaml"
HIDES = "what follows ' #' is a comment and isn't shown; quote the text, or give the comment its own line"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of(SOUND, tmp_path / "knowledge")


def warnings_of(folder: Path) -> list[str]:
    """Return the warnings about a folder that can be served, without those about few phrasings."""
    found = inspect(folder, normaliser())
    assert found.problems == ()
    told = [str(warning).replace(f"{folder.as_posix()}/", "") for warning in found.warnings]
    return [line for line in told if "at least find it more surely" not in line]


def test_a_valid_folder_gives_no_warning_but_of_few_phrasings(folder: Path) -> None:
    assert warnings_of(folder) == []
    told = [(Path(one.file).name, one.line, one.message) for one in inspect(folder, normaliser()).warnings]
    few = "has 1 Chinese and 1 English wordings; 8 and 4 at least find it more surely"
    assert told == [
        ("01-brewing.phrasings.txt", 2, f"'green' {few}"),
        ("01-brewing.phrasings.txt", 6, f"'black' {few}"),
    ]


def test_enough_phrasings_are_no_matter_for_a_warning(folder: Path) -> None:
    more = "".join(f"绿茶水温问法{sign}\n" for sign in "甲乙丙丁戊己庚") + "".join(
        f"green way {one}\n" for one in "abc"
    )
    edit(folder / "talk" / "01-brewing.phrasings.txt", "绿茶的水温\n", f"绿茶的水温\n{more}")
    (told,) = inspect(folder, normaliser()).warnings
    assert "'black'" in told.message


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("- {zh: 可以。, en: It can.}", "- zh: 排在 #1，而且可以。\n        en: It can.", 14),
        ("- {zh: 可以。, en: It can.}", "- zh: 可以。\n        en: It ranks\n          first, #1 of all", 16),
        ("- {zh: 可以。, en: It can.}", "- {zh: 可以。, en: It can #1\n         }", 14),
        ("- text: 红茶可以用开水", "- text: 红茶可以用开水 # 第六行", 16),
    ],
)
def test_a_text_that_a_comment_cuts_is_told_with_its_line(old: str, new: str, line: int, folder: Path) -> None:
    edit(folder / SECTION, old, new)
    assert warnings_of(folder) == [f"{SECTION}:{line}: {HIDES}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- {zh: 可以。, en: It can.}", '- zh: "排在 #1。"   # checked\n        en: It can.'),
        ("- {zh: 可以。, en: It can.}", "- zh: 用C#写的#1。\n        en: It can."),
        ("- {zh: 可以。, en: It can.}", "# checked\n      - zh: 可以。\n        # checked too\n        en: It can."),
        ("- id: black", "- id: black   # tea"),
        ("related: [black]", "related: [black]   # tea"),
        ("- text: 红茶可以用开水", "- text: |-   # line 6\n          红茶可以用开水"),
    ],
)
def test_a_comment_that_cuts_no_text_is_nobodys_concern(old: str, new: str, folder: Path) -> None:
    edit(folder / SECTION, old, new)
    assert warnings_of(folder) == []


@pytest.mark.parametrize(("items", "sign"), [("茶叶，茶水", "，"), ("茶叶、茶水", "、")])
def test_items_that_a_chinese_comma_keeps_together_are_told(items: str, sign: str, folder: Path) -> None:
    edit(folder / "lexicon.yaml", "茶叶, 茶水", items)
    assert warnings_of(folder) == [
        f"lexicon.yaml:4: '{items}' is one item, for '{sign}' separates none; write ', ' between them, or quote it"
    ]


def test_a_quoted_item_may_hold_a_comma(folder: Path) -> None:
    edit(folder / "lexicon.yaml", "茶叶, 茶水", '"茶，叶", 茶水')
    assert warnings_of(folder) == []


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ("talk/02-more.yml", "rename it to 02-more.yaml"),
        ("talk/02-more.YAML", "rename it to 02-more.yaml"),
        ("talk/02-more.yaml.txt", "rename it to 02-more.yaml"),
        ("talk/notes.txt", "move it elsewhere"),
        ("more.yaml", "move it elsewhere"),
        ("notes.txt", "move it elsewhere"),
    ],
)
def test_a_file_that_nobody_reads_is_told(file: str, hint: str, folder: Path) -> None:
    write(folder, {file: "section: more\n"})
    assert warnings_of(folder) == [f"{file}:1: isn't read, for nothing here has such a name; {hint}"]


def test_files_of_other_kinds_may_lie_about(folder: Path) -> None:
    write(folder, {"README.md": "", "talk/notes.md": "", "talk/questions.jsonl": "", "talk/talk.mp3": "", "x.npz": ""})
    assert warnings_of(folder) == []


def test_check_tells_warnings_and_passes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"talk/02-more.yml": "section: more\n"})
    assert main(["knowledge", "check", str(folder)]) == 0
    output = capsys.readouterr()
    assert f"{folder.as_posix()}/talk/02-more.yml:1: isn't read" in output.err
    assert output.out.endswith("0 errors, 3 warnings\n")


def test_check_tells_warnings_beside_errors_that_they_may_explain(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder / "talk" / "interview.yaml", "[brewing]", "[brewing, more]")
    write(folder, {"talk/02-more.yml": "section: more\n"})
    assert main(["knowledge", "check", str(folder)]) == 1
    told = capsys.readouterr().err
    assert "02-more.yml:1: isn't read" in told
    assert "the section 'more' has no file" in told


def test_check_reads_the_folder_although_a_cache_knows_better(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "check", str(folder)]) == 0
    (folder / "new").mkdir()
    assert main(["knowledge", "check", str(folder)]) == 1
    assert "new/interview.yaml:1: the file is missing" in capsys.readouterr().err
