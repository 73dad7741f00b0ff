"""Asking the questions of files, as users would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.answers import Question
from bot.answers.assistant import Assistant
from bot.evaluation.judge import Judgement, judge
from bot.evaluation.questions import EvaluationQuestion


def ask_all(assistant: Assistant, questions: Iterable[EvaluationQuestion]) -> Iterator[Judgement]:
    """Ask every question in order and judge its reply; conversations are told apart by file and id."""
    for question in questions:
        conversation = f"{question.file}/{question.conversation}" if question.conversation else None
        yield judge(question, assistant.reply(Question(question.text, conversation)))
