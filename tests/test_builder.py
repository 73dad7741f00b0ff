"""A matcher built from what is kept on disk is the one that is built from the files."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Callable
from dataclasses import fields
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from bot import compose
from bot.answers.assistant import Assistant
from bot.answers.reply import Question
from bot.builder import Builder
from bot.cache import Cache, as_array, read_arrays, write_arrays
from bot.configuration import CONFIG, Settings
from bot.errors import KnowledgeError
from bot.knowledge.load import load
from bot.knowledge.overlay import ApprovedPhrasing
from bot.knowledge.snapshot_cache import KNOWLEDGE
from bot.matching.normalise import Normaliser
from tests.builders import SECOND, copy_of, normaliser

Make = Callable[[], Builder]
MATCHING = CONFIG / "matching"

pytestmark = pytest.mark.slow


@pytest.fixture
def data_dir(make_data_dir: Callable[[], Path]) -> Path:
    """Return a data folder in which nothing is cached of any knowledge but the vectors of its texts."""
    return make_data_dir()


@pytest.fixture
def make(data_dir: Path) -> Make:
    """Make builders that keep things in one folder."""
    return lambda: compose.builder(Settings(data_dir=data_dir))


def builder(data: Path, seen: Callable[[str], object] = str) -> Builder:
    """Make a builder without the sentence model; `seen` gets every text that is normalised."""

    class Watching(Normaliser):
        def __call__(self, text: str) -> str:
            seen(text)
            return super().__call__(text)

    return Builder(MATCHING, Watching(normaliser().words), Cache(data), None)


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and np.array_equal(one, other)
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))  # type: ignore[arg-type]  # it has fields
    return one == other


def test_what_is_kept_is_what_was_built(make: Make) -> None:
    built, kept = make().from_folder(SECOND), make().from_folder(SECOND)
    assert kept.knowledge == built.knowledge
    assert same(kept.engine.catalogue, built.engine.catalogue)
    assert same(kept.engine.vectors, built.engine.vectors)
    assert kept.engine.correct_spelling.domain == built.engine.correct_spelling.domain
    question = built.knowledge.interviews[0].sections[0].entries[0].question.zh
    assert kept.decide(f"{question}呢") == built.decide(f"{question}呢")


def test_a_second_start_reads_no_text_again(data_dir: Path) -> None:
    first: list[str] = []
    second: list[str] = []
    built = builder(data_dir / "cache", first.append).from_folder(SECOND)
    builder(data_dir / "cache", second.append).from_folder(SECOND)
    assert set(built.engine.catalogue.phrasings) <= set(first)
    assert not set(built.engine.catalogue.phrasings) & set(second)


def test_changed_knowledge_is_read_anew(make: Make, tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    before = make().from_folder(folder)
    file = Path(folder, *Path(before.knowledge.interviews[0].sections[0].entries[0].file).parts[-2:])
    question = before.knowledge.interviews[0].sections[0].entries[0].question.zh
    file.write_text(file.read_text(encoding="utf-8").replace(question, "换了个问法怎么样"), encoding="utf-8")
    after = make().from_folder(folder)
    assert after.knowledge.version != before.knowledge.version
    assert "换了个问法怎么样" in after.engine.catalogue.phrasings


def test_broken_knowledge_is_refused_every_time(make: Make, tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    next(folder.rglob("transcript.txt")).write_text("别的话\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(KnowledgeError, match="isn't in the transcript"):
            make().from_folder(folder)


def test_a_kept_quote_that_is_not_in_the_transcript_does_not_serve(make: Make, data_dir: Path) -> None:
    make().from_folder(SECOND)
    (file,) = (data_dir / "cache").glob("knowledge-*.npz")
    arrays = read_arrays(file)
    assert arrays is not None
    quote = load(SECOND, normaliser()).interviews[0].sections[0].entries[0].quotes[0].text
    text = arrays["json"].tobytes().decode()
    forged = text.replace(f'{{"text":{json.dumps(quote, ensure_ascii=False)}', '{"text":"他没说过的话"')
    assert forged != text
    write_arrays(file, {"json": np.frombuffer(forged.encode(), np.uint8)}, compress=False)
    with pytest.raises(ValueError, match="isn't in the transcript"):
        KNOWLEDGE.from_arrays({"json": np.frombuffer(forged.encode(), np.uint8)})
    assert make().from_folder(SECOND).knowledge == load(SECOND, normaliser())


def test_kept_knowledge_that_is_no_knowledge_does_not_serve() -> None:
    with pytest.raises(ValueError, match="validation error"):
        KNOWLEDGE.from_arrays({"json": as_array({"interviews": 1})})


def test_approved_phrasings_are_kept_too(data_dir: Path) -> None:
    base = builder(data_dir / "cache").from_folder(SECOND)
    approved = [ApprovedPhrasing(next(iter(base.knowledge.by_key)), "一个新学来的说法")]
    built = builder(data_dir / "cache").with_approved(base.knowledge, approved).matcher
    kept = builder(data_dir / "cache").with_approved(base.knowledge, approved).matcher
    assert "一个新学来的说法" in kept.engine.catalogue.phrasings
    assert same(kept.engine.catalogue, built.engine.catalogue)


def test_a_file_that_changes_while_it_is_read_is_read_again(data_dir: Path, tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    file = next(folder.rglob("interview.yaml"))
    changes = iter(["# one more line\n"])

    def change(_: str) -> None:
        file.write_text(file.read_text(encoding="utf-8") + next(changes, ""), encoding="utf-8")

    built = builder(data_dir / "cache", change).from_folder(folder)
    assert built.knowledge.version == load(folder, normaliser()).version
    assert builder(data_dir / "cache").from_folder(folder).knowledge == built.knowledge


def test_files_that_never_stay_as_they_are_are_refused(data_dir: Path, tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    file = next(folder.rglob("*.phrasings.txt"))
    numbers = count()

    def change(_: str) -> None:
        with file.open("a", encoding="utf-8") as writing:
            writing.write(f"第{next(numbers)}个新说法\n")

    with pytest.raises(KnowledgeError, match="load again once they are written"):
        builder(data_dir / "cache", change).from_folder(folder)


def test_a_reload_leaves_nothing_of_the_old_snapshot_in_memory(data_dir: Path, tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    assistant = Assistant(builder(data_dir), folder)
    old = weakref.ref(assistant.knowledge)
    asked = Question("面包店几点开门", conversation="chat")
    assert assistant.reply(asked).decision.status

    phrasings = next(folder.glob("*/*.phrasings.txt"))
    phrasings.write_text(f"{phrasings.read_text(encoding='utf-8').rstrip()}\n这是一个新的问法吗\n", encoding="utf-8")
    change = assistant.reload()
    gc.collect()

    assert change.changed
    assert old() is None
    assert assistant.reply(asked).decision.status
