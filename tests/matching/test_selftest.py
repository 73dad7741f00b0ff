"""A curator is warned of phrasings that get in each other's way, at the lines where they stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot import compose
from bot.configuration import Settings
from bot.matching.selftest import warnings
from tests.builders import TESTS, copy_of, edit

SOUND = TESTS / "bad_knowledge" / "sound"


def test_near_duplicates_are_told_with_both_places(tmp_path: Path, make_data_dir: Callable[[], Path]) -> None:
    folder = copy_of(SOUND, tmp_path / "knowledge")
    file = folder / "talk" / "01-brewing.phrasings.txt"
    edit(file, "[green]\n", "[green]\nhow long to leave the leaves in the water\n")
    edit(file, "[black]\n", "[black]\nhow long to leave the leaves in that water\n")
    lines = file.read_text(encoding="utf-8").splitlines()
    first, second = (lines.index(f"how long to leave the leaves in {which} water") + 1 for which in ("the", "that"))

    matcher = compose.matcher(Settings(knowledge_dir=folder, data_dir=make_data_dir()))
    (told,) = [str(one) for one in warnings(matcher) if "the same as" in one.message]

    assert told.startswith(f"{file.as_posix()}:{first}: 'how long to leave the leaves in the water' is ")
    assert f"of 'black' ({file.as_posix()}:{second}); drop one, or tell them apart" in told
