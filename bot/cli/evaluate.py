"""`eval`: score the answers against question files, and make the weights from them."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bot import compose
from bot.cli.evaluation_tables import figure_tables, reliability_table
from bot.cli.single_interview import evaluated_interviews, with_knowledge_folder
from bot.configuration import CONFIG, Settings
from bot.errors import Problem, QuestionFileError, UsageError
from bot.evaluation import (
    EvaluationQuestion,
    Judgement,
    ask_all,
    by_file,
    figures,
    read_questions,
    reliability,
)
from bot.knowledge import Knowledge
from bot.knowledge.load import load

OWN_QUESTIONS = "questions.jsonl"
"""The questions that report, in an interview's folder."""
TUNING_QUESTIONS = "tuning.jsonl"
"""The questions that the weights are made from, in a folder of the interview's name below `TUNING`."""
TUNING = CONFIG.parent / "evaluation"
"""Where the questions for the weights are: outside of the knowledge, which needs none to serve."""


def add_arguments(parser: ArgumentParser) -> None:
    """Define the command's own arguments."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="question files; those of the knowledge by default"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--failures", action="store_true", help="print every question that wasn't resolved, or was answered wrongly"
    )
    parser.add_argument(
        "--calibrate", action="store_true", help="make the weights and bands from the files, instead of scoring"
    )


def run(arguments: Namespace, settings: Settings) -> int:
    """Score, or calibrate."""
    files = arguments.files or _files(settings, calibrate=arguments.calibrate)
    with with_knowledge_folder(settings) as served:
        if arguments.calibrate:
            known = _entry_ids(load(served.knowledge_dir, compose.normaliser(served)))
            return _calibrate(_read(files, known), files, served)
        assistant = compose.assistant(served)
        judgements = list(ask_all(assistant, _read(files, _entry_ids(assistant.knowledge))))
    if arguments.json:
        print(json.dumps(_as_json(judgements), ensure_ascii=False))
    else:
        print("\n".join(_as_text(judgements)))
    if arguments.failures:
        print("\n".join(_failures(judgements)))
    return 0


def _entry_ids(knowledge: Knowledge) -> Collection[str]:
    return {entry.id for interview in knowledge.interviews for entry in interview.entries()}


def _read(files: Sequence[Path], known: Collection[str]) -> Sequence[EvaluationQuestion]:
    """Return the questions of all files; raises QuestionFileError with what is wrong in any of them."""
    questions: list[EvaluationQuestion] = []
    problems: list[Problem] = []
    for file in files:
        try:
            questions += read_questions(file, known)
        except QuestionFileError as error:
            problems += error.problems
    if problems:
        raise QuestionFileError(problems)
    return questions


def _files(settings: Settings, *, calibrate: bool) -> Sequence[Path]:
    """Return the question files of the knowledge's interviews; raises UsageError where there are none."""
    interview_dirs = evaluated_interviews(settings.knowledge_dir)
    files = [
        TUNING / interview_dir.name / TUNING_QUESTIONS if calibrate else interview_dir / OWN_QUESTIONS
        for interview_dir in interview_dirs
    ]
    found = [file for file in files if file.is_file()]
    if not found:
        wanted = (
            TUNING / "INTERVIEW" / TUNING_QUESTIONS
            if calibrate
            else settings.knowledge_dir / "INTERVIEW" / OWN_QUESTIONS
        )
        raise UsageError(f"there is no {wanted} for any interview; write one, or name a question file")
    return found


def _calibrate(questions: Sequence[EvaluationQuestion], files: Sequence[Path], settings: Settings) -> int:
    try:
        from bot.cli.calibrate import calibrate  # noqa: PLC0415 - needs what is installed for development alone
    except ImportError as error:
        message = f"calibrating needs {error.name}; install it with: pip install -r requirements-dev.txt"
        raise UsageError(message) from None
    calibrate(questions, files, settings)
    return 0


def _as_json(judgements: Sequence[Judgement]) -> dict[str, object]:
    return {
        "figures": [asdict(group) for group in figures(judgements)],
        "files": [asdict(file) for file in by_file(judgements)],
        "reliability": [asdict(part) for part in reliability(judgements)],
    }


def _as_text(judgements: Sequence[Judgement]) -> Iterator[str]:
    yield from figure_tables(by_file(judgements), figures(judgements))
    yield ""
    yield from reliability_table(reliability(judgements))
    took = sorted(judgement.reply.took_ms for judgement in judgements)
    yield ""
    yield f"{len(took)} questions, median {took[len(took) // 2]:.1f} ms"


def _failures(judgements: Sequence[Judgement]) -> Iterator[str]:
    for judgement in judgements:
        question, reply, verdict = judgement.question, judgement.reply, judgement.strict
        if verdict.wrong or (question.topics and not verdict.hit):
            shown = (*reply.answers, *reply.suggestions)
            named = ", ".join(f"{scored.entry.id} {scored.score:.2f}" for scored in shown)
            wanted = " + ".join("|".join(topic.entries) for topic in question.topics if topic.entries)
            right = f" (right: {wanted})" if wanted else ""
            yield f"{question.id} [{question.kind}] {question.text!r}: {reply.status} {named}{right}"
