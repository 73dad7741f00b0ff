"""The invented interviews are knowledge as an operator's, and their questions name entries that exist."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import compose
from bot.configuration import Settings
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from tests.builders import ROOT, SHIPPED

FOLDERS = sorted(path.parent for path in (ROOT / "evaluation").glob("*/interview.yaml"))
UNANSWERABLE = {"near", "far", "false-premise", "chitchat", "attack", "vague"}


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """Return the folder of each interview in turn."""
    return Path(request.param)


@pytest.fixture(scope="module")
def knowledge(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Load an interview as the only one beside the shared lexicon."""
    parent = tmp_path_factory.mktemp(folder.name)
    shutil.copytree(folder, parent / folder.name)
    shutil.copy(SHIPPED / "lexicon.yaml", parent)
    return load(parent, compose.normaliser(Settings()))


def labels(item: dict[str, Any]) -> Iterator[str]:
    """Yield the entries that a line of a question file names."""
    yield from item.get("entries", ())
    for topic in item.get("topics", ()):
        yield from topic
    for turn in item.get("turns", ()):
        yield from turn["entries"]


def questions(folder: Path) -> list[dict[str, Any]]:
    """Read a question file."""
    return [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


def test_there_are_at_least_five() -> None:
    assert len(FOLDERS) >= 5


def test_an_interview_is_curated_as_an_operator_would(knowledge: Knowledge) -> None:
    (interview,) = knowledge.interviews
    entries = list(interview.entries())
    assert len(interview.transcript.lines) >= 200
    assert 35 <= len(entries) <= 60
    assert all(len(entry.phrasings) >= 12 for entry in entries)
    assert len(interview.not_covered) >= 20


def test_every_question_names_entries_that_exist(folder: Path, knowledge: Knowledge) -> None:
    asked = questions(folder)
    known = {entry.id for interview in knowledge.interviews for entry in interview.entries()}
    assert [label for item in asked for label in labels(item) if label not in known] == []
    assert len({item["id"] for item in asked}) == len(asked) >= 250


def test_only_what_the_interview_says_has_an_answer(folder: Path) -> None:
    kinds: Counter[tuple[str, bool]] = Counter()
    for item in questions(folder):
        kinds[item.get("kind", "conversation"), any(labels(item))] += 1
    assert {kind for kind, answered in kinds if not answered} == UNANSWERABLE
    assert not UNANSWERABLE & {kind for kind, answered in kinds if answered}
