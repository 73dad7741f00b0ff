"""Where `eval` finds questions and what it prints about them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.cli.question_sets import EVALUATION
from tests.builders import SHIPPED
from tests.cli.command_line import TALK

TEA = {"q": "泡绿茶用多热的水？", "gold": [[3, 4]], "entries": ["green-tea"]}
SHARES = ["hit@1", "resolved", "wrong"]

pytestmark = pytest.mark.usefixtures("inside")


def test_an_interview_without_questions_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval"]) == 2
    assert f"there is no {TALK / 'INTERVIEW' / 'questions.jsonl'} for any interview" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--calibrate", "--leave-one-out"])
def test_a_folder_without_questions_cannot_be_trained_on(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", option, str(TALK / "tea")]) == 2
    error = capsys.readouterr().err
    assert f"{TALK / 'tea'} has neither tuning.jsonl nor questions.jsonl" in error


def test_to_leave_one_out_takes_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--leave-one-out", asked(tmp_path, {"id": "q", **TEA})]) == 2
    assert "takes the questions of two or more" in capsys.readouterr().err


def test_the_questions_for_the_weights_are_outside_of_the_knowledge() -> None:
    assert not list(SHIPPED.rglob("tuning.jsonl"))
    assert [path.parent.name for path in EVALUATION.glob("*/tuning.jsonl")] == ["altman-a16z"]
    assert SHIPPED not in EVALUATION.parents


def asked(folder: Path, *lines: object) -> str:
    path = folder / "asked.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_strict_figures_stand_first_and_those_by_lines_beside_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = asked(tmp_path, {"id": "q1", **TEA})
    assert main(["eval", file]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == ["strict", "by", "lines"]
    assert shown[1].split() == ["questions", "n", *SHARES, "abstained", *SHARES]
    assert shown[2].split() == ["dialogue", "1", "1.000", "1.000", "0.000", "0.000", "1.000", "1.000", "0.000"]
    assert max(map(len, shown)) <= 100


def test_the_figures_of_several_files_are_told_apart_and_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").mkdir()
    item = {"id": "q1", "q": TEA["q"], "entries": TEA["entries"], "kind": "direct"}
    files = [asked(tmp_path, item), asked(tmp_path / "other", item, {**item, "kind": "keyword"})]
    assert main(["eval", *files]) == 0
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if line in {*files, "all 2 files"}] == [*files, "all 2 files"]
    assert shown.count("\nnatural ") == 3
    assert shown.count("\n  keyword ") == 1
    assert main(["eval", "--json", *files]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [part["file"] for part in told["files"]] == files
    (together,) = told["figures"]
    assert (together["strict"]["count"], together["by_lines"]) == (3, None)
    assert [kind["group"] for kind in together["kinds"]] == ["direct", "keyword"]
    assert set(told["reliability"][0]) == {"low", "high", "count", "predicted", "observed"}


@pytest.mark.parametrize("more", [[], ["--calibrate"]])
def test_an_entry_that_doesnt_exist_is_told(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = asked(tmp_path, {"id": "q1", **TEA}, {"id": "q2", "q": "x", "entries": ["gone"]})
    assert main(["eval", *more, file]) == 1
    assert f"{file}:2: there is no entry gone; " in capsys.readouterr().err


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of one interview, which the settings name as the knowledge folder."""
    home = tmp_path / "tea"
    shutil.copytree(TALK / "tea", home)
    shutil.copy(TALK / "lexicon.yaml", tmp_path)
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", str(home))
    return home


def test_an_interview_is_evaluated_alone_where_its_folder_is_the_knowledge_folder(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "questions.jsonl").write_text(json.dumps({"id": "q1", **TEA}), encoding="utf-8")
    assert main(["eval", "--json"]) == 0
    (part,) = json.loads(capsys.readouterr().out)["files"]
    assert part["file"] == (alone / "questions.jsonl").as_posix()
    assert part["figures"][0]["strict"]["hit"] == 1.0


def test_faults_of_an_interview_that_is_evaluated_alone_are_told_at_their_place(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "questions.jsonl").write_text(json.dumps({"id": "q1", **TEA}), encoding="utf-8")
    (alone / "transcript.txt").write_text("", encoding="utf-8")
    assert main(["eval"]) == 1
    assert f"{(alone / 'transcript.txt').as_posix()}:1: is empty" in capsys.readouterr().err
