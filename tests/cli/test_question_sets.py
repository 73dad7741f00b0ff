"""Which questions are trained on, and of which knowledge each is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.question_sets import EVALUATION, loaded, question_sets
from bot.configuration import Settings
from bot.errors import QuestionFileError, UsageError
from tests.builders import SHIPPED

SETTINGS = Settings(knowledge_dir=SHIPPED)
ICE = EVALUATION / "ice-core-talk"


def test_with_nothing_named_the_shipped_interview_and_all_invented_ones_are_trained_on() -> None:
    sets = question_sets([], SETTINGS)
    assert [one.interview for one in sets] == [
        "altman-a16z",
        *sorted(path.parent.name for path in EVALUATION.glob("*/interview.yaml")),
    ]
    shipped, first, *_ = sets
    assert (shipped.folder, shipped.files) == (SHIPPED, (EVALUATION / "altman-a16z" / "tuning.jsonl",))
    assert shipped.report == SHIPPED.resolve() / "altman-a16z" / "questions.jsonl"
    assert first.files == (first.folder / "questions.jsonl",)
    assert first.report == first.files[0].resolve()


def test_files_of_one_folder_are_about_one_interview(tmp_path: Path) -> None:
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    (one,) = question_sets(files, SETTINGS)
    assert (one.interview, one.folder, one.files) == (tmp_path.name, SHIPPED, tuple(files))


def test_a_folder_without_questions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has neither tuning\.jsonl nor questions\.jsonl"):
        question_sets([tmp_path], SETTINGS)


def test_questions_are_asked_of_their_own_interview() -> None:
    with loaded(question_sets([ICE], SETTINGS), SETTINGS) as (ice,):
        assert [path.name for path in ice.folder.iterdir() if path.is_dir()] == ["ice-core-talk"]
        assert len(ice.training) >= 250
        assert ice.reporting == ice.training


def test_an_entry_of_another_interview_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    file.write_text(json.dumps({"id": "q", "q": "多深？", "entries": ["water-now"]}) + "\n", encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"asked\.jsonl:1"), loaded(question_sets([file], SETTINGS), SETTINGS):
        pass
