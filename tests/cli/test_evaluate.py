"""Where `eval` finds questions that nobody names."""

from __future__ import annotations

import pytest

from bot.cli.evaluate import TUNING
from bot.cli.main import main
from tests.builders import SHIPPED
from tests.cli.command_line import TALK

pytestmark = pytest.mark.usefixtures("inside")


@pytest.mark.parametrize("arguments", [[], ["--calibrate"]])
def test_an_interview_without_questions_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", *arguments]) == 2
    folder = TUNING if arguments else TALK
    name = "tuning.jsonl" if arguments else "questions.jsonl"
    assert f"there is no {folder / 'INTERVIEW' / name} for any interview" in capsys.readouterr().err


def test_the_questions_for_the_weights_are_outside_of_the_knowledge() -> None:
    assert not list(SHIPPED.rglob("tuning.jsonl"))
    assert [path.parent.name for path in TUNING.glob("*/tuning.jsonl")] == ["altman-a16z"]
    assert SHIPPED not in TUNING.parents
