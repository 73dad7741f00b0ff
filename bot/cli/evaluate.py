"""`eval`: score the answers against question files, and make the weights from them."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bot import compose
from bot.configuration import CONFIG, Settings
from bot.errors import UsageError
from bot.evaluation import (
    EvaluationQuestion,
    Figures,
    Judgement,
    ReliabilityBin,
    ask_all,
    figures,
    read_questions,
    reliability,
)
from bot.knowledge.folder import interview_folders

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
    parser.add_argument(
        "--word-vectors", action="store_true", help="distil the table of word vectors anew, instead of scoring"
    )


def run(arguments: Namespace, settings: Settings) -> int:
    """Score, or make what is learned."""
    if arguments.word_vectors:
        return _distil()
    files = arguments.files or _files(settings, calibrate=arguments.calibrate)
    questions = [question for file in files for question in read_questions(file)]
    if arguments.calibrate:
        return _calibrate(questions, files, settings)
    judgements = list(ask_all(compose.assistant(settings), questions))
    if arguments.json:
        print(json.dumps(_as_json(judgements), ensure_ascii=False))
    else:
        print("\n".join(_as_text(judgements)))
    if arguments.failures:
        print("\n".join(_failures(judgements)))
    return 0


def _files(settings: Settings, *, calibrate: bool) -> Sequence[Path]:
    """Return the question files of the knowledge's interviews; raises UsageError where there are none."""
    interview_dirs = interview_folders(settings.knowledge_dir)
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


def _distil() -> int:
    from bot.cli.word_vectors import write_word_vectors  # noqa: PLC0415 - loads the model, which scoring may do without

    write_word_vectors()
    return 0


def _as_json(judgements: Sequence[Judgement]) -> dict[str, object]:
    return {
        "figures": [asdict(group) for group in figures(judgements)],
        "reliability": [asdict(part) for part in reliability(judgements)],
    }


def _as_text(judgements: Sequence[Judgement]) -> Iterator[str]:
    yield f"{'questions':<18}{'n':>5}{'hit@1':>8}{'resolved':>10}{'wrong':>8}{'abstained':>11}"
    yield from map(_row, figures(judgements))
    yield ""
    yield f"{'score':<12}{'n':>5}{'predicted':>11}{'observed':>10}"
    yield from map(_bin, reliability(judgements))
    took = sorted(judgement.reply.took_ms for judgement in judgements)
    yield ""
    yield f"{len(took)} questions, median {took[len(took) // 2]:.1f} ms"


def _row(group: Figures) -> str:
    shares = f"{group.hit:>8.3f}{group.resolved:>10.3f}" if group.answerable else f"{'':>18}"
    return f"{group.group:<18}{group.count:>5}{shares}{group.wrong:>8.3f}{group.abstained:>11.3f}"


def _bin(part: ReliabilityBin) -> str:
    return f"{part.low:.2f}-{part.high:<7.2f}{part.count:>5}{part.predicted:>11.2f}{part.observed:>10.2f}"


def _failures(judgements: Sequence[Judgement]) -> Iterator[str]:
    for judgement in judgements:
        question, reply = judgement.question, judgement.reply
        if judgement.wrong or (question.topics and not judgement.hit):
            shown = (*reply.answers, *reply.suggestions)
            named = ", ".join(f"{scored.entry.id} {scored.score:.2f}" for scored in shown)
            yield f"{question.id} [{question.kind}] {question.text!r}: {reply.status} {named}"
