"""A rebuild touches only what has changed, and gives what building everything anew would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.builder import Builder
from bot.cache import Cache
from bot.configuration import CONFIG
from bot.errors import KnowledgeError
from bot.knowledge.load import inspect, load
from bot.knowledge.overlay import ApprovedPhrasing
from bot.knowledge.remembered_files import RememberedFiles
from bot.matching.normalise import Normaliser
from tests.builders import SECOND, copy_of, edit, normaliser

pytestmark = pytest.mark.slow

PHRASINGS = "lighthouse/01-tower.phrasings.txt"
BREAD = "bakery/01-bread.yaml"
POINT = "每天三点。"


class Noting(Normaliser):
    """Notes the texts that it is asked for."""

    asked: list[str]

    def __call__(self, text: str) -> str:
        self.asked.append(text)
        return super().__call__(text)


def noting() -> Noting:
    normalise = Noting(normaliser().words)
    object.__setattr__(normalise, "asked", [])
    return normalise


def builder(data_dir: Path, normalise: Normaliser | None = None) -> Builder:
    return Builder(CONFIG / "matching", normalise or normaliser(), Cache(data_dir / "cache"), None)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return bool(one == other)


def change_point(folder: Path, text: str) -> None:
    path = folder / BREAD
    path.write_text(path.read_text(encoding="utf-8").replace(POINT, f"{POINT}{text}。"), encoding="utf-8")


def add_phrasing(folder: Path, text: str) -> None:
    path = folder / PHRASINGS
    path.write_text(path.read_text(encoding="utf-8") + f"关于{text}的问法\n", encoding="utf-8")


def remove_phrasing(folder: Path, _: str) -> None:
    path = folder / PHRASINGS
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*lines[:1], *lines[2:]]), encoding="utf-8")


def add_alias(folder: Path, text: str) -> None:
    path = folder / "lexicon.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("aliases: [", f"aliases: [又叫{text}, ", 1), encoding="utf-8"
    )


def put_aside(folder: Path, _: str) -> None:
    (folder / "bakery").rename(folder / "_bakery")


def take_back(folder: Path, _: str) -> None:
    (folder / "_bakery").rename(folder / "bakery")


EDITS: Sequence[Callable[[Path, str], None]] = (
    change_point,
    add_phrasing,
    remove_phrasing,
    add_alias,
    put_aside,
    take_back,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.tuples(st.sampled_from(EDITS), st.text("灯塔面包很高a1", min_size=2, max_size=4)), max_size=4),
)
def test_after_any_edits_a_rebuild_is_a_build(
    edits: Sequence[tuple[Callable[[Path, str], None], str]],
    make_data_dir: Callable[[], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = copy_of(SECOND, tmp_path_factory.mktemp("home") / "knowledge")
    going_on = builder(make_data_dir())
    going_on.from_folder(folder)
    for change, text in edits:
        try:
            change(folder, text)
            rebuilt = going_on.from_folder(folder)
        except (KnowledgeError, OSError):  # an edit that doesn't fit: nothing is built, and the next one goes on
            continue
        built = builder(make_data_dir()).from_folder(folder)
        assert rebuilt.knowledge == built.knowledge
        assert same(rebuilt.engine.catalogue, built.engine.catalogue)
        assert rebuilt.engine.correct_spelling.domain == built.engine.correct_spelling.domain
        assert rebuilt.engine.parser.lexicon.canonical_of == built.engine.parser.lexicon.canonical_of


def test_a_changed_point_is_the_only_text_that_is_read(make_data_dir: Callable[[], Path], tmp_path: Path) -> None:
    folder, normalise = copy_of(SECOND, tmp_path / "knowledge"), noting()
    building = builder(make_data_dir(), normalise)
    building.from_folder(folder)
    normalise.asked.clear()
    edit(folder / BREAD, POINT, "每天四点。")
    assert "每天四点" in building.from_folder(folder).engine.catalogue.passages
    assert normalise.asked == ["每天四点。"]


def test_an_approved_phrasing_is_the_only_text_that_is_read(make_data_dir: Callable[[], Path]) -> None:
    normalise = noting()
    building = builder(make_data_dir(), normalise)
    base = building.from_folder(SECOND)
    normalise.asked.clear()
    approved = [ApprovedPhrasing(next(iter(base.knowledge.by_key)), "一个新学来的说法")]
    matcher = building.with_approved(base.knowledge, approved).matcher
    assert "一个新学来的说法" in matcher.engine.catalogue.phrasings
    assert set(normalise.asked) == {"一个新学来的说法"}


def test_files_that_stay_as_they_are_are_not_read_again(tmp_path: Path) -> None:
    folder, files = copy_of(SECOND, tmp_path / "knowledge"), RememberedFiles()
    before = load(folder, normaliser(), files)
    edit(folder / BREAD, POINT, "每天四点。")
    after = load(folder, normaliser(), files)
    (bakery, lighthouse), (bakery_before, lighthouse_before) = after.interviews, before.interviews
    assert all(one is other for one, other in zip(lighthouse.sections, lighthouse_before.sections, strict=True))
    assert bakery.sections[0] is not bakery_before.sections[0]
    assert after == load(folder, normaliser())


def test_files_are_read_again_where_the_transcript_has_changed(tmp_path: Path) -> None:
    folder, files = copy_of(SECOND, tmp_path / "knowledge"), RememberedFiles()
    load(folder, normaliser(), files)
    path = folder / "bakery" / "transcript.txt"
    path.write_text("开头的一句\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load(folder, normaliser(), files) == load(folder, normaliser())
    path.write_text("别的话\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="isn't in the transcript"):
        load(folder, normaliser(), files)


def test_what_is_wrong_with_a_file_is_reported_every_time(tmp_path: Path) -> None:
    folder, files = copy_of(SECOND, tmp_path / "knowledge"), RememberedFiles()
    edit(folder / BREAD, "en: At three every day.", "en: 每天三点")
    first, again = (inspect(folder, normaliser(), files) for _ in range(2))
    assert first.problems == again.problems != ()
