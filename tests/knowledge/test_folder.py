"""Which files are the knowledge: what programs leave beside them is ignored everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from bot.knowledge.folder import digest, files_of, is_curated, is_stray, unread_files, write_whole
from bot.storage.knowledge_versions import pack_folder, unpack_folder
from tests.builders import SECOND, SHIPPED, copy_of, knowledge_of, write

STRAYS = (
    *("._01-tower.yaml", ".#01-tower.yaml", "#01-tower.yaml#", "01-tower.yaml~", ".01-tower.yaml.swp"),
    *("01-tower.yaml.bak", "01-tower.yaml.orig", "01-tower.yaml.tmp", "~$01-tower.yaml", ".DS_Store"),
    *("Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini"),
)
STRAY_FOLDERS = ("@eaDir", "#recycle", "lost+found", "__MACOSX", ".git", ".Trash-1000", "lighthouse.bak", "..data")


@pytest.fixture
def littered(tmp_path: Path) -> Path:
    """Return a folder with every kind of stray file in every place."""
    folder = copy_of(SECOND, tmp_path / "knowledge")
    for home in ("", "lighthouse/", *(f"{stray}/" for stray in STRAY_FOLDERS)):
        write(folder, {f"{home}{stray}": b"\x00\x05\x16\x07 no YAML" for stray in STRAYS})
    for stray in STRAY_FOLDERS:
        write(folder, {f"{stray}/interview.yaml": "}", f"lighthouse/{stray}/01-tower.yaml": "}"})
    return folder


@pytest.mark.parametrize("name", [*STRAYS, *STRAY_FOLDERS])
def test_what_programs_leave_is_known(name: str) -> None:
    assert is_stray(name)


@pytest.mark.parametrize("name", ["01-tower.yaml", "transcript.txt", "my-talk", "C#", "a~b.yaml", "backup", "_drafts"])
def test_what_people_name_is_kept(name: str) -> None:
    assert not is_stray(name)


def test_stray_files_change_nothing(littered: Path) -> None:
    assert knowledge_of(littered).version == knowledge_of(SECOND).version
    assert list(unread_files(littered)) == []
    assert unpacked_names(littered) == unpacked_names(SECOND)
    assert not any(is_curated(path, littered) for path in littered.rglob("*") if is_stray(path.name))


def test_an_upgrade_leaves_stray_files_alone(littered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "upgrade", str(littered)]) == 0
    assert "nothing to do" in capsys.readouterr().out


def unpacked_names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in files_of(folder)]


def test_replicas_get_what_they_read_and_nothing_else(tmp_path: Path) -> None:
    packed = pack_folder(SHIPPED)
    got = unpack_folder(packed, tmp_path / "other")

    names = {path.relative_to(got).as_posix() for path in got.rglob("*") if path.is_file()}
    assert {Path(name).suffix for name in names} == {".yaml", ".txt"}
    assert {"lexicon.yaml", "altman-a16z/lexicon.yaml", "altman-a16z/transcript.txt"} < names
    assert digest(got) == digest(SHIPPED)
    assert len(packed) < 500_000


def test_files_that_are_links_are_packed_as_files(tmp_path: Path) -> None:
    real = copy_of(SECOND, tmp_path / "..data")
    folder = tmp_path / "knowledge"
    for path in files_of(real):
        link = folder / path.relative_to(real)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)

    got = unpack_folder(pack_folder(folder), tmp_path / "other")

    assert knowledge_of(got).version == knowledge_of(folder).version == knowledge_of(SECOND).version


def test_an_interview_without_files_is_another_content(tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    before = digest(folder)
    (folder / "new").mkdir()
    assert digest(folder) != before
    (folder / "new").rmdir()
    assert digest(folder) == before


def test_a_file_that_cant_be_replaced_stays_whole(tmp_path: Path) -> None:
    target = tmp_path / "taken.txt"
    target.mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.txt"]


def test_a_folder_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert list(files_of(tmp_path / "gone")) == []
    assert digest(tmp_path / "gone") == digest(tmp_path / "gone, too")
