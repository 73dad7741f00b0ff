"""`python -m tests.benchmarks`: measures, and prints tables."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot import compose
from bot.cli.evaluate import OWN_QUESTIONS
from bot.configuration import Settings, read_settings
from bot.errors import BotError, UsageError
from bot.evaluation.questions import EvaluationQuestion, read_questions
from tests.benchmarks.load import load
from tests.benchmarks.memory import memory
from tests.benchmarks.picture import draw
from tests.benchmarks.quality import quality
from tests.benchmarks.questions import reporting_files
from tests.benchmarks.reload import reload
from tests.benchmarks.scale import SIZES, measure_all, report
from tests.benchmarks.speed import speed
from tests.benchmarks.storage import storage
from tests.crash_harness import kills
from tests.faults import faults


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for: quality and speed unless something is named."""
    try:
        options = _parser().parse_args(arguments)
        settings = read_settings()
        for run in RUNS.get(options.benchmark, (_quality, _speed)):
            _show(run(options, settings))
    except BotError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.set_defaults(files=[], benchmark=None)
    commands = parser.add_subparsers(dest="benchmark", metavar="BENCHMARK")
    for name, purpose in (
        ("quality", "the bot beside its peers on the same questions"),
        ("speed", "a question and the start, as ratios"),
        ("scale", "time and memory as the knowledge grows"),
        ("reload", "a change of the knowledge, and the first answer of all"),
        ("memory", "what a bot holds after reloads, many questions and a picture"),
        ("load", "questions a second, beside a bare echo bot"),
        ("storage", "what it takes to note answers in the database"),
        ("kills", "bots killed under a stream of questions, 20 times each way"),
        ("faults", "a bot cut off from Telegram for a minute"),
    ):
        command = commands.add_parser(name, help=purpose)
        if name in {"quality", "speed", "scale"}:
            command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="question files")
        if name == "scale":
            command.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many phrasings")
            command.add_argument("--out", type=Path, help="draw the curve to this PNG")
            command.add_argument("--profile", action="store_true", help="show where the time goes at the largest")
    return parser


def _quality(options: Namespace, settings: Settings) -> Iterator[str]:
    files = options.files or reporting_files(settings.knowledge_dir)
    if not files:
        raise UsageError(f"no interview in {settings.knowledge_dir} has a {OWN_QUESTIONS}; name a question file")
    asked = _asked(files)
    if len(files) == 1:  # the tables have a column a file; of a single one, a column a kind says more
        asked = [replace(one, file=one.kind) for one in asked]
    yield from quality(compose.matcher(settings), asked)


def _speed(options: Namespace, settings: Settings) -> Iterator[str]:
    yield from speed(compose.matcher(settings), settings, [question.text for question in _asked(options.files)])


def _scale(options: Namespace, settings: Settings) -> Iterator[str]:
    questions = [question.text for question in _asked(options.files)]
    measured = list(measure_all(settings, options.sizes, questions, profile=options.profile))
    yield from report(measured)
    if options.out is not None:
        draw(measured, options.out)


def _reload(_: Namespace, __: Settings) -> Iterator[str]:
    return reload()


def _memory(_: Namespace, __: Settings) -> Iterator[str]:
    return memory()


def _load(_: Namespace, __: Settings) -> Iterator[str]:
    return load()


def _storage(_: Namespace, __: Settings) -> Iterator[str]:
    return storage()


def _kills(_: Namespace, __: Settings) -> Iterator[str]:
    return kills(20)


def _faults(_: Namespace, __: Settings) -> Iterator[str]:
    return faults()


RUNS: Mapping[str | None, tuple[Callable[[Namespace, Settings], Iterator[str]], ...]] = {
    "quality": (_quality,),
    "speed": (_speed,),
    "scale": (_scale,),
    "reload": (_reload,),
    "memory": (_memory,),
    "load": (_load,),
    "storage": (_storage,),
    "kills": (_kills,),
    "faults": (_faults,),
}


def _asked(files: Iterable[Path]) -> list[EvaluationQuestion]:
    return [question for file in files for question in read_questions(file)]


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    sys.stdout.write("\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
