"""Asking the questions of files, as users would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.answers import Question
from bot.answers.assistant import Assistant
from bot.evaluation.judge import Verdict, judge
from bot.evaluation.questions import EvaluationQuestion


def ask_all(assistant: Assistant, questions: Iterable[EvaluationQuestion]) -> Iterator[Verdict]:
    """Ask every question in order and judge its reply; conversations are told apart by file and id."""
    for asked in questions:
        conversation = f"{asked.file}/{asked.conversation}" if asked.conversation else None
        yield judge(asked, assistant.reply(Question(asked.text, conversation)))
