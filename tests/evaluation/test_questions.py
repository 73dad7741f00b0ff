"""Question files: what they may contain, and how their faults are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import QuestionFileError
from bot.evaluation.questions import read_questions


def written(folder: Path, *lines: object) -> Path:
    path = folder / "natural.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def test_a_question_names_the_lines_that_answer_it(tmp_path: Path) -> None:
    (question,) = read_questions(
        written(tmp_path, {"id": "n1", "q": "核能？", "gold": [[3, 5], [9, 9]], "kind": "short"})
    )
    assert (question.id, question.file, question.kind, question.text) == ("n1", "natural", "short", "核能？")
    assert question.topics == (((3, 5), (9, 9)),)
    assert (question.conversation, question.turn) == (None, 0)


def test_a_question_without_gold_isnt_answered_by_the_interview(tmp_path: Path) -> None:
    first, second = read_questions(written(tmp_path, {"id": "a", "q": "x", "gold": []}, "", {"id": "b", "q": "y"}))
    assert first.topics == second.topics == ()


def test_several_topics_are_kept_apart(tmp_path: Path) -> None:
    (question,) = read_questions(written(tmp_path, {"id": "a", "q": "x", "gold_topics": [[[1, 2]], [[5, 5], [8, 9]]]}))
    assert question.topics == (((1, 2),), ((5, 5), (8, 9)))


def test_the_turns_of_a_conversation_come_in_order(tmp_path: Path) -> None:
    turns = [{"q": "核能？", "gold": [[1, 1]]}, {"q": "为什么", "gold": []}]
    first, second = read_questions(written(tmp_path, {"id": "d1", "turns": turns}))
    assert [(question.id, question.text, question.conversation, question.turn) for question in (first, second)] == [
        ("d1.1", "核能？", "d1", 0), ("d1.2", "为什么", "d1", 1),
    ]  # fmt: skip
    assert (first.topics, second.topics) == ((((1, 1),),), ())


@pytest.mark.parametrize(
    "line",
    ["no json", "[]", {"id": "a"}, {"q": "x"}, {"id": "a", "q": "x", "answer": 1}, {"id": "a", "q": "x", "gold": [[1]]},
     {"id": "a", "q": "x", "turns": [{"q": "y", "gold": []}]}, {"id": "a", "turns": [{"q": "y"}]}],
    ids=str,
)  # fmt: skip
def test_every_malformed_line_is_told_with_its_number(line: object, tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "a", "q": "x"}, line, {"id": "b", "q": "x"}, line)
    with pytest.raises(QuestionFileError) as rejected:
        read_questions(path)
    assert [problem.line for problem in rejected.value.problems] == [2, 4]
    for problem in rejected.value.problems:
        assert problem.file == path.as_posix()
        assert problem.message.startswith("isn't a question (")
        assert "\n" not in problem.message


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="the file is missing"):
        read_questions(tmp_path / "none.jsonl")
