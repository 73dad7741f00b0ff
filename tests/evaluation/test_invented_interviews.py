"""The invented interviews are knowledge as an operator's, and their questions name entries that exist."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot import compose
from bot.configuration import Settings
from bot.evaluation.questions import read_questions
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
    known = {entry.id for interview in knowledge.interviews for entry in interview.entries()}
    asked = read_questions(folder / "questions.jsonl", known)
    assert len({question.id for question in asked}) == len(asked) >= 250
    assert all(topic.entries for question in asked for topic in question.topics)


def test_only_what_the_interview_says_has_an_answer(folder: Path) -> None:
    asked = [question for question in read_questions(folder / "questions.jsonl") if question.conversation is None]
    assert {question.kind for question in asked if not question.topics} == UNANSWERABLE
    assert not UNANSWERABLE & {question.kind for question in asked if question.topics}
