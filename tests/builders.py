"""Small values with good defaults, and the files that tests read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import compose
from bot.answers.assistant import ExtendedMatcher
from bot.configuration import Settings
from bot.errors import KnowledgeError
from bot.evaluation.questions import EvaluationQuestion, Ranges
from bot.knowledge.load import load
from bot.knowledge.model import Bilingual, Entry, Knowledge, Phrasing, Quote, Speaker
from bot.knowledge.overlay import ApprovedPhrasing
from bot.knowledge.transcript import Span
from bot.matching.matcher import Matcher
from bot.matching.normalise import Normaliser
from bot.storage import completion_batch
from bot.storage.database import Database
from bot.storage.database_url import DATABASE_VARIABLE
from bot.storage.history import Exchange
from bot.storage.write_behind import WriteBehindStore

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
SHIPPED = ROOT / "knowledge"
SECOND = TESTS / "second_knowledge"
CASES = TESTS / "cases"

NARRATOR = Speaker("narrator", Bilingual("转述", "narrator"))


def cases(name: str) -> list[Any]:
    """Return the cases of `tests/cases/<name>.jsonl` for `pytest.mark.parametrize`, each under its own id."""
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    read = [json.loads(line) for line in lines if line.strip()]
    return [pytest.param(case, id=case["id"]) for case in read]


@dataclass(frozen=True)
class Prebuilt:
    """A builder that returns the same matcher for any folder, and takes no approved phrasings."""

    matcher: Matcher

    def read(self, _: Path) -> Knowledge:
        return self.matcher.knowledge

    def with_approved(self, _: Knowledge, __: Sequence[ApprovedPhrasing]) -> ExtendedMatcher:
        return ExtendedMatcher(self.matcher)


def normaliser() -> Normaliser:
    """Return the normaliser that the bot uses."""
    return compose.normaliser(Settings())


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write files below a folder; None takes one out."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def copy_of(source: Path, folder: Path) -> Path:
    """Copy a knowledge folder, so that a test can change it."""
    shutil.copytree(source, folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text in a file; it must stand there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems_of(folder: Path) -> list[str]:
    """Return what is wrong with a knowledge folder, a line a problem, paths relative to the folder."""
    try:
        load(folder, normaliser())
    except KnowledgeError as refused:
        return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in refused.problems]
    return []


def knowledge_of(folder: Path) -> Knowledge:
    """Load a knowledge folder as the bot does."""
    return load(folder, normaliser())


def quote(first: int, last: int | None = None, text: str = "话") -> Quote:
    """Make a quote of some lines."""
    return Quote(text, Span(first * 10, (last or first) * 10 + 5, first, last or first), NARRATOR)


def entry(
    name: str = "one", lines: Sequence[tuple[int, int]] = ((1, 1),), points: int = 1, related: Sequence[str] = ()
) -> Entry:
    """Make an entry that quotes some lines."""
    return Entry(
        interview="talk",
        id=name,
        section="part",
        broad=False,
        question=Bilingual(f"{name}是什么？", f"What is {name}?"),
        phrasings=(Phrasing(f"说说{name}", "zh", "talk/01-part.phrasings.txt", 2),),
        points=tuple(Bilingual(f"第{number}点", f"point {number}") for number in range(points)),
        quotes=tuple(quote(first, last) for first, last in lines),
        related=tuple(related),
        file="talk/01-part.yaml",
        line=1,
    )


def make_question(
    *topics: Ranges, name: str = "q1", file: str = "natural", kind: str = "plain", turn: int | None = None
) -> EvaluationQuestion:
    """Make a question with the line ranges that answer each of its topics."""
    conversation = None if turn is None else "talk"
    return EvaluationQuestion(name, file, kind, "问", topics, conversation, turn or 0)


async def upgrade(url: str, variable: str = DATABASE_VARIABLE) -> None:
    """Bring a database up to date as a start does; `variable` names it in messages."""
    database = Database(url, variable)
    try:
        await database.upgrade()
    finally:
        await database.close()


async def store_exchange(database: Database, exchange: Exchange) -> None:
    """Store an exchange."""
    store = WriteBehindStore(database)
    store.put(exchange)
    await database.write(lambda connection: completion_batch.write(connection, [], store.pending()))
