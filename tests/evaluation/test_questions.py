"""Question files: what they may contain, and how their faults are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import QuestionFileError
from bot.evaluation.questions import Topic, read_questions
from bot.matching.matcher import Matcher
from tests.builders import ROOT


def written(folder: Path, *lines: object) -> Path:
    path = folder / "natural.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def test_a_question_names_the_lines_that_answer_it(tmp_path: Path) -> None:
    (question,) = read_questions(
        written(tmp_path, {"id": "n1", "q": "核能？", "gold": [[3, 5], [9, 9]], "kind": "short"})
    )
    assert (question.id, question.kind, question.text) == ("n1", "short", "核能？")
    assert question.file == (tmp_path / "natural.jsonl").as_posix()
    assert question.topics == (Topic(gold=((3, 5), (9, 9))),)
    assert (question.conversation, question.turn) == (None, 0)


def test_a_question_without_gold_isnt_answered_by_the_interview(tmp_path: Path) -> None:
    first, second = read_questions(written(tmp_path, {"id": "a", "q": "x", "gold": []}, "", {"id": "b", "q": "y"}))
    assert first.topics == second.topics == ()


def test_several_topics_are_kept_apart(tmp_path: Path) -> None:
    (question,) = read_questions(written(tmp_path, {"id": "a", "q": "x", "gold_topics": [[[1, 2]], [[5, 5], [8, 9]]]}))
    assert question.topics == (Topic(gold=((1, 2),)), Topic(gold=((5, 5), (8, 9))))


def test_a_question_names_the_entries_that_a_reader_accepts(tmp_path: Path) -> None:
    both = {"id": "a", "q": "x", "gold": [[1, 2]], "entries": ["narrow", "broad"]}
    alone, none = {"id": "b", "q": "x", "entries": ["narrow"]}, {"id": "c", "q": "x", "entries": []}
    first, second, third = read_questions(written(tmp_path, both, alone, none))
    assert first.topics == (Topic(gold=((1, 2),), entries=("narrow", "broad")),)
    assert second.topics == (Topic(entries=("narrow",)),)
    assert third.topics == ()


def test_several_topics_name_entries_with_or_without_lines(tmp_path: Path) -> None:
    entries = [["one"], ["two", "broad"]]
    first, second = read_questions(
        written(
            tmp_path,
            {"id": "a", "q": "x", "topics": entries},
            {"id": "b", "q": "x", "topics": entries, "gold_topics": [[[1, 2]], [[5, 5]]]},
        )
    )
    assert first.topics == (Topic(entries=("one",)), Topic(entries=("two", "broad")))
    assert second.topics == (
        Topic(gold=((1, 2),), entries=("one",)),
        Topic(gold=((5, 5),), entries=("two", "broad")),
    )


def test_the_turns_of_a_conversation_come_in_order(tmp_path: Path) -> None:
    turns = [{"q": "核能？", "gold": [[1, 1]]}, {"q": "为什么", "gold": []}]
    first, second = read_questions(written(tmp_path, {"id": "d1", "turns": turns}))
    assert [(question.id, question.text, question.conversation, question.turn) for question in (first, second)] == [
        ("d1.1", "核能？", "d1", 0), ("d1.2", "为什么", "d1", 1),
    ]  # fmt: skip
    assert (first.topics, second.topics) == ((Topic(gold=((1, 1),)),), ())


def test_turns_name_entries(tmp_path: Path) -> None:
    turns = [{"q": "核能？", "gold": [[1, 1]], "entries": ["one"]}, {"q": "谢谢", "entries": []}]
    first, second = read_questions(written(tmp_path, {"id": "d1", "turns": turns}))
    assert (first.topics, second.topics) == ((Topic(gold=((1, 1),), entries=("one",)),), ())


@pytest.mark.parametrize(
    "line",
    ["no json", "[]", {"id": "a"}, {"q": "x"}, {"id": "a", "q": "x", "answer": 1}, {"id": "a", "q": "x", "gold": [[1]]},
     {"id": "a", "q": "x", "turns": [{"q": "y", "gold": []}]}, {"id": "a", "turns": [{"q": "y"}]},
     {"id": "a", "q": "x", "entries": "one"}, {"id": "a", "q": "x", "entries": ["one"], "gold": []},
     {"id": "a", "q": "x", "entries": [], "gold": [[1, 2]]}, {"id": "a", "q": "x", "entries": [], "topics": [["one"]]},
     {"id": "a", "q": "x", "topics": [["one"]], "gold_topics": [[[1, 2]], [[3, 4]]]},
     {"id": "a", "entries": ["one"], "turns": [{"q": "y", "gold": []}]}],
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


def test_the_questions_for_the_weights_name_entries_that_exist(shipped: Matcher) -> None:
    known = {entry.id for entry in shipped.knowledge.by_key.values()}
    asked = read_questions(ROOT / "evaluation" / "altman-a16z" / "tuning.jsonl", known)
    labelled = [topic for question in asked for topic in question.topics if topic.entries]
    assert len(labelled) > 0.99 * sum(len(question.topics) for question in asked)
    assert all(topic.gold for topic in labelled)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="the file is missing"):
        read_questions(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    "line",
    [{"id": "a", "q": "x", "entries": ["one", "gone"]}, {"id": "a", "q": "x", "topics": [["one"], ["gone"]]},
     {"id": "a", "turns": [{"q": "x", "entries": ["one"]}, {"q": "y", "entries": ["gone"]}]}],
    ids=str,
)  # fmt: skip
def test_an_entry_that_doesnt_exist_is_told_where_the_entries_are_known(line: object, tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "b", "q": "x", "entries": ["one"]}, line)
    assert len(read_questions(path)) >= 2
    with pytest.raises(QuestionFileError) as rejected:
        read_questions(path, known={"one"})
    assert str(rejected.value) == (
        f"{path.as_posix()}:2: there is no entry gone; python -m bot knowledge show lists them all"
    )
