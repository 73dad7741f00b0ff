"""Every fault of a knowledge folder is told at its line, all of them at once, and nothing is half-loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.builders import TESTS, copy_of, problems_of, write

BAD = TESTS / "bad_knowledge"
SOUND = BAD / "sound"
FAULTS = sorted(path.stem for path in BAD.glob("*.txt"))
SECTIONS = "talk/01-brewing.yaml"


def with_fault(name: str, folder: Path) -> Path:
    """Copy the sound folder and lay a fault's files over it; `x.removed` takes `x` out."""
    copy_of(SOUND, folder)
    for path in (BAD / name).rglob("*"):
        target = folder / path.relative_to(BAD / name)
        if path.suffix == ".removed":
            target.with_suffix("").unlink()
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return folder


def test_each_fault_has_a_folder_and_each_folder_a_fault() -> None:
    folders = {path.name for path in BAD.iterdir() if path.is_dir()} - {SOUND.name}
    assert folders == set(FAULTS)
    assert len(FAULTS) >= 50


def test_the_sound_folder_is_sound() -> None:
    assert problems_of(SOUND) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_as_expected(fault: str, tmp_path: Path) -> None:
    expected = (BAD / f"{fault}.txt").read_text(encoding="utf-8").splitlines()
    assert problems_of(with_fault(fault, tmp_path / "knowledge")) == expected


TRANSCRIPT = (SOUND / "talk" / "transcript.txt").read_text(encoding="utf-8")
SECTION = (SOUND / SECTIONS).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        (
            "talk/transcript.txt",
            b"\xef\xbb\xbf" + TRANSCRIPT.encode(),
            "1: starts with a byte order mark; save it as UTF-8 without BOM",
        ),
        (
            SECTIONS,
            b"\xef\xbb\xbf" + SECTION.encode(),
            "1: starts with a byte order mark; save it as UTF-8 without BOM",
        ),
        (
            "talk/transcript.txt",
            TRANSCRIPT.encode("gb18030"),
            "1: isn't UTF-8 (it looks like GB18030); save it as UTF-8",
        ),
        (SECTIONS, SECTION.encode("gb18030"), "2: isn't UTF-8 (it looks like GB18030); save it as UTF-8"),
        (
            "lexicon.yaml",
            "terms:\n  - id: 茶\n".encode("gbk"),
            "2: isn't UTF-8 (it looks like GB18030); save it as UTF-8",
        ),
        ("talk/transcript.txt", TRANSCRIPT.encode("utf-16"), "1: isn't UTF-8 (it looks like UTF-16); save it as UTF-8"),
        (
            SECTIONS,
            b"\xfe\xff" + SECTION.encode("utf-16-be"),
            "1: isn't UTF-8 (it looks like UTF-16); save it as UTF-8",
        ),
        ("talk/transcript.txt", TRANSCRIPT.encode() + b"\xff\xff\n", "8: isn't UTF-8; save it as UTF-8"),
        ("talk/transcript.txt", TRANSCRIPT.encode()[:-2] + b"\n", "7: isn't UTF-8; save it as UTF-8"),
        (
            "talk/transcript.txt",
            TRANSCRIPT.replace("\n", "\r\n").encode(),
            "1: has Windows line ends (CR LF); save it with LF alone",
        ),
        (
            SECTIONS,
            SECTION.replace("\n    related", "\r\n    related").encode(),
            "9: has Windows line ends (CR LF); save it with LF alone",
        ),
    ],
)
def test_a_file_in_another_encoding_is_refused(file: str, content: bytes, expected: str, tmp_path: Path) -> None:
    folder = write(copy_of(SOUND, tmp_path / "knowledge"), {file: content})
    assert problems_of(folder) == [f"{file}:{expected}"]


def test_a_folder_that_is_missing_is_told_with_its_setting(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    expected = "1: there is no such folder; set BOT_KNOWLEDGE_DIR to the knowledge folder"
    assert problems_of(folder) == [f"{folder.as_posix()}:{expected}"]


def test_an_empty_folder_holds_no_interview_and_no_lexicon(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [
        f"{tmp_path.as_posix()}:1: the folder holds no interview; add one (python -m bot knowledge draft)",
        "lexicon.yaml:1: the file is missing; create it (see knowledge/README.md)",
    ]


def test_an_empty_interview_is_told_what_it_lacks(tmp_path: Path) -> None:
    folder = copy_of(SOUND, tmp_path / "knowledge")
    (folder / "new").mkdir()
    assert problems_of(folder) == [
        "new/interview.yaml:1: the file is missing; create it (see knowledge/README.md)",
        "new/transcript.txt:1: the file is missing; create it (see knowledge/README.md)",
    ]


def test_faults_of_all_interviews_are_told_together(tmp_path: Path) -> None:
    folder = with_fault("relation-to-nothing", tmp_path / "knowledge")
    shutil.copytree(with_fault("speech-of-nowhere", tmp_path / "other") / "talk", folder / "second")
    told = [line for line in problems_of(folder) if " the phrasing " not in line]
    assert [line.split(":")[0] for line in told] == ["second/interview.yaml", SECTIONS]


def test_hidden_folders_are_no_interviews(tmp_path: Path) -> None:
    folder = copy_of(SOUND, tmp_path / "knowledge")
    (folder / ".git").mkdir()
    (folder / "_drafts").mkdir()
    assert problems_of(folder) == []
