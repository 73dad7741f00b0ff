"""From questions about several interviews to weights, and how these serve an interview that they never saw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.calibrate import making, thinnings_of
from bot.configuration import Settings
from bot.errors import UsageError
from bot.evaluation.example_maker import courses
from bot.evaluation.questions import EvaluationQuestion, read_questions
from bot.evaluation.transfer import Exam, leave_one_out
from bot.evaluation.weight_making import WeightMaker
from bot.evaluation.weights_file import render
from tests.builders import SECOND, knowledge_of
from tests.cli.command_line import TALK

pytestmark = pytest.mark.slow


def quiet(_: str) -> None:
    """Say nothing of how training goes."""


def questions(folder: Path, to: Path) -> list[EvaluationQuestion]:
    """Write questions about every entry: plain ones, pairs, conversations, and what no interview answers."""
    entries = [item for interview in knowledge_of(folder).interviews for item in interview.entries()]
    asked = [(entry, entry.question.of("en" if at % 2 else "zh")) for at, entry in enumerate(entries)]
    lines: list[dict[str, object]] = [
        {"id": f"plain{at}", "q": f"请问{text}谢谢", "entries": [entry.id], "kind": "natural"}
        for at, (entry, text) in enumerate(asked)
    ]
    for at, ((one, first), (other, second)) in enumerate(zip(asked, asked[2:], strict=False)):
        lines.append({"id": f"pair{at}", "q": f"{first} {second}", "topics": [[one.id], [other.id]], "kind": "multi"})
        lines.append({"id": f"half{at}", "q": f"{second} {first}", "entries": [one.id], "kind": "natural"})
        turns = [{"q": first, "entries": [one.id]}, {"q": f"那{second[:6]}呢", "entries": [other.id]}]
        lines.append({"id": f"talk{at}", "turns": turns})
    far = ("今天天气怎么样", "帮我写首诗", "比特币多少钱", "How do I fix my bike?", "谁赢了世界杯", "明天放假吗")
    lines += [{"id": f"far{at}", "q": text, "entries": [], "kind": "far"} for at, text in enumerate(far)]
    to.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return read_questions(to)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[EvaluationQuestion]]:
    folder = tmp_path_factory.mktemp("questions")
    return {path: questions(path, folder / f"{path.name}.jsonl") for path in (TALK, SECOND)}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def maker(asked: dict[Path, list[EvaluationQuestion]], data_dir: Path) -> Iterator[WeightMaker]:
    made = [course for folder, texts in asked.items() for course in courses(folder.name, folder, texts, 1)]
    with making(Settings(data_dir=data_dir), made) as maker:
        yield maker


@pytest.mark.timeout(300)
def test_the_same_questions_give_the_same_weights(
    maker: WeightMaker, asked: dict[Path, list[EvaluationQuestion]], data_dir: Path
) -> None:
    weights = maker.weights(maker.interviews, quiet)
    assert all(len(tree.feature) > 1 for tree in weights.without_model.trees.trees[:10])
    first = render(weights)
    again = [course for folder, texts in asked.items() for course in courses(folder.name, folder, texts, 1)]
    with making(Settings(data_dir=data_dir), again) as other:  # with the vectors that the first has left
        assert render(other.weights(other.interviews, quiet)) == first


@pytest.mark.timeout(300)
def test_an_interview_is_examined_with_weights_of_the_others(
    maker: WeightMaker, asked: dict[Path, list[EvaluationQuestion]]
) -> None:
    exams = [Exam(folder.name, folder, tuple(texts[:10])) for folder, texts in asked.items()]
    one, other = leave_one_out(maker, exams, quiet)
    assert one.weights == maker.weights([other.exam.interview], quiet)
    assert one.weights != other.weights
    assert [judgement.question for judgement in one.judgements] == list(one.exam.questions)
    assert any(judgement.strict.hit for judgement in one.judgements)


def test_questions_without_conversations_are_not_enough(
    asked: dict[Path, list[EvaluationQuestion]], tmp_path: Path
) -> None:
    plain = [question for question in asked[TALK] if question.id.startswith("plain")]
    with (
        making(Settings(data_dir=tmp_path), courses("talk", TALK, plain, 0)) as maker,
        pytest.raises(UsageError, match="teach nothing about messages"),
    ):
        maker.weights(maker.interviews, quiet)


def test_few_questions_are_asked_of_more_thinned_forms() -> None:
    assert thinnings_of(8000) == 1
    assert 1 < thinnings_of(500) < thinnings_of(200)
