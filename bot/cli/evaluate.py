"""`eval`: score the answers against question files, and make the weights from them."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bot import compose
from bot.cli.evaluation_tables import figure_tables, reliability_table
from bot.cli.question_sets import OWN_QUESTIONS, entry_ids, question_sets, read_all
from bot.cli.single_interview import evaluated_interviews, with_knowledge_folder
from bot.configuration import Settings
from bot.errors import UsageError
from bot.evaluation import (
    Judgement,
    ask_all,
    by_file,
    figures,
    reliability,
)


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
        "--calibrate",
        action="store_true",
        help="make the weights and bands, instead of scoring, from files and folders of interviews; all by default",
    )
    parser.add_argument(
        "--leave-one-out",
        action="store_true",
        help="score each interview with weights that are made from the others, instead of those in use",
    )
    parser.add_argument(
        "--thinnings",
        type=int,
        metavar="N",
        help="thinned forms that quarters of the questions are asked of; by default more where these are few",
    )
    parser.add_argument(
        "--word-vectors", action="store_true", help="distil the table of word vectors anew, instead of scoring"
    )


def run(arguments: Namespace, settings: Settings) -> int:
    """Score, or make what is learned."""
    if arguments.word_vectors:
        return _distil()
    if arguments.calibrate or arguments.leave_one_out:
        return _train(arguments, settings)
    files = arguments.files or _files(settings)
    with with_knowledge_folder(settings) as served:
        assistant = compose.assistant(served)
        judgements = list(ask_all(assistant, read_all(files, entry_ids(assistant.knowledge))))
    if arguments.json:
        print(json.dumps(_as_json(judgements), ensure_ascii=False))
    else:
        print("\n".join(_as_text(judgements)))
    if arguments.failures:
        print("\n".join(_failures(judgements)))
    return 0


def _files(settings: Settings) -> Sequence[Path]:
    """Return the question files of the knowledge's interviews; raises UsageError where there are none."""
    files = [interview_dir / OWN_QUESTIONS for interview_dir in evaluated_interviews(settings.knowledge_dir)]
    found = [file for file in files if file.is_file()]
    if not found:
        wanted = settings.knowledge_dir / "INTERVIEW" / OWN_QUESTIONS
        raise UsageError(f"there is no {wanted} for any interview; write one, or name a question file")
    return found


def _train(arguments: Namespace, settings: Settings) -> int:
    """Make weights, or score each interview with weights that are made from the others."""
    try:
        from bot.cli import calibrate  # noqa: PLC0415 - needs what is installed for development alone
    except ImportError as error:
        message = f"calibrating needs {error.name}; install it with: pip install -r requirements-dev.txt"
        raise UsageError(message) from None
    make = calibrate.leave_one_out if arguments.leave_one_out else calibrate.calibrate
    make(question_sets(arguments.files, settings), settings, arguments.thinnings)
    return 0


def _distil() -> int:
    from bot.cli.distil import write_word_vectors  # noqa: PLC0415 - loads the model, which scoring may do without

    write_word_vectors()
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
