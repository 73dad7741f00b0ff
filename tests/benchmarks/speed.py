"""How fast a question and the start are, as ratios to something everybody knows, measured in turns."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, median, quantiles

from rapidfuzz import fuzz, process

from bot.configuration import Settings
from bot.matching.embeddings import CachedEmbedder
from bot.matching.inverted_index import Floats
from bot.matching.matcher import Matcher
from bot.matching.work_limit import MAX_MESSAGE_CHARACTERS
from tests.benchmarks.nonsense import NONSENSE, nonsense
from tests.benchmarks.questions import unseen_questions
from tests.benchmarks.synthetic import altered, source
from tests.benchmarks.table import table
from tests.builders import ROOT

QUESTIONS = 60
REPETITIONS = 7
STARTS = 5
_TIMEOUT_SECONDS = 120.0
"""Seconds that a bot gets to start."""
_LIBRARIES = "import telegram.ext, jieba; jieba.setLogLevel(60); jieba.Tokenizer().initialize()"


class Watched(CachedEmbedder):
    """Tells how often vectors of questions were computed."""

    def __init__(self, embedder: CachedEmbedder) -> None:
        self._inner = embedder
        self.used = 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.used += 1
        return self._inner.encode(texts)


def speed(matcher: Matcher, settings: Settings, questions: Sequence[str]) -> Iterator[str]:
    """Measure, and yield the tables.

    Without `questions` of one's own, the unseen ones are those that report on the knowledge, and the others are altered
    phrasings.
    """
    yield from _unseen(matcher, questions or unseen_questions(settings.knowledge_dir))
    yield ""
    yield from _questions(matcher, questions)
    yield ""
    yield from _nonsense(matcher)
    yield ""
    yield from _starts(settings)


def _questions(matcher: Matcher, questions: Sequence[str]) -> Iterator[str]:
    catalogue = matcher.engine.catalogue
    phrasings = catalogue.phrasings[:: max(1, len(catalogue.phrasings) // QUESTIONS)][:QUESTIONS]
    with_model, sure = _by_use_of_the_model(matcher, questions or _altered(matcher))
    groups = {
        "a curator's own phrasing": phrasings,
        "answered without the sentence model": sure[:QUESTIONS],
        "both of these": [*phrasings, *sure[:QUESTIONS]],
        "with the sentence model": with_model[:QUESTIONS],
    }

    def scan(text: str) -> object:
        return process.extractOne(text, catalogue.phrasings, scorer=fuzz.ratio)

    rows = []
    for name, texts in groups.items():
        if texts:
            own, peer = _in_turns(matcher.decide, scan, texts)
            rows.append((name, str(len(texts)), f"{own:.2f}", f"{peer:.2f}", f"{own / peer:.2f}"))
    yield f"a question over {len(catalogue.phrasings)} phrasings, median of {REPETITIONS} rounds"
    yield from table(["", "n", "bot ms", "rapidfuzz ratio ms", "bot / rapidfuzz"], rows)


def _unseen(matcher: Matcher, questions: Sequence[str]) -> Iterator[str]:
    """Time questions that nobody curated, each asked once as the first message of a chat, beside rapidfuzz's scan."""
    phrasings = matcher.engine.catalogue.phrasings
    watching, used = _watching(matcher)
    own: list[float] = []
    peer: list[float] = []
    without_model = 0
    for text in questions:
        before = used()
        own.append(_milliseconds(watching.decide, text))
        without_model += used() == before
        peer.append(_milliseconds(lambda one: process.extractOne(one, phrasings, scorer=fuzz.ratio), text))
    yield f"{len(questions)} unseen questions, each once; {without_model} decided without the sentence model"
    rows = [
        (name, f"{of(own):.2f}", f"{of(peer):.2f}", f"{of(own) / of(peer):.2f}")
        for name, of in (("mean", mean), ("median", median), ("p99", _p99))
    ]
    yield from table(["", "bot ms", "rapidfuzz ratio ms", "bot / rapidfuzz"], rows)


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[98]


def _nonsense(matcher: Matcher) -> Iterator[str]:
    """Time the longest messages that Telegram lets through, beside a question of the usual length."""
    messages = {"a question": "他对核能的看法到底是怎样的呢"} | {
        kind: nonsense(kind, MAX_MESSAGE_CHARACTERS) for kind in NONSENSE
    }
    rows = []
    for kind, text in messages.items():
        found = sorted(_milliseconds(matcher.decide, text) for _ in range(REPETITIONS))
        rows.append((kind, f"{median(found):.0f}", f"{found[-1]:.0f}"))
    yield f"a message of {MAX_MESSAGE_CHARACTERS} characters, {REPETITIONS} times"
    yield from table(["", "median ms", "most ms"], rows)


def _milliseconds(ask: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    ask(text)
    return (time.perf_counter() - started) * 1000


def _altered(matcher: Matcher) -> list[str]:
    segmenter = matcher.engine.parser.segmenter
    origin = source(matcher.knowledge, segmenter.words, segmenter.general.words())
    return altered(matcher.engine.catalogue.phrasings, origin, 4 * QUESTIONS)


def _watching(matcher: Matcher) -> tuple[Matcher, Callable[[], int]]:
    """Return a matcher that does the same, and what tells how often it has used the sentence model by now."""
    if matcher.engine.embedder is None:
        return matcher, lambda: 0
    watched = Watched(matcher.engine.embedder)
    return replace(matcher, engine=replace(matcher.engine, embedder=watched)), lambda: watched.used


def _by_use_of_the_model(matcher: Matcher, questions: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the questions that the sentence model was used for from those that were answered without it."""
    watching, used = _watching(matcher)
    parts: tuple[list[str], list[str]] = ([], [])
    for text in questions:
        before = used()
        decision = watching.decide(text)
        if used() > before:
            parts[0].append(text)
        elif decision.status == "answered":
            parts[1].append(text)
    return parts


def _in_turns(
    one: Callable[[str], object], other: Callable[[str], object], texts: Sequence[str]
) -> tuple[float, float]:
    """Return the median milliseconds that each takes for a text; taking turns shares the machine's moods."""
    times: tuple[list[float], list[float]] = ([], [])
    for ask in (one, other):
        ask(texts[0])
    for _ in range(REPETITIONS):
        for text in texts:
            for ask, found in zip((one, other), times, strict=True):
                found.append(_milliseconds(ask, text))
    return median(times[0]), median(times[1])


def _starts(settings: Settings) -> Iterator[str]:
    libraries: list[float] = []
    serving: list[float] = []
    with tempfile.TemporaryDirectory() as data:
        for _ in range(STARTS + 1):
            libraries.append(_run())
            serving.append(_served(settings.knowledge_dir.resolve(), data))
    # the first of each fills the caches of files, of compiled modules, and of what was worked out
    own, peer = median(serving[1:]), median(libraries[1:])
    yield f"start, median of {STARTS} processes"
    rows = [
        ("telegram.ext and jieba alone", f"{peer:.2f}", ""),
        ("the bot, ready to answer in Telegram", f"{own:.2f}", f"{own / peer:.2f}"),
        ("the same for the first time", f"{serving[0]:.2f}", f"{serving[0] / peer:.2f}"),
    ]
    yield from table(["", "s", "ratio"], rows)


def _run() -> float:
    """Return the seconds that a process takes to import and initialise the libraries."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", _LIBRARIES], cwd=ROOT, check=True)
    return time.perf_counter() - started


def _served(knowledge: Path, data: str) -> float:
    """Return the seconds from the start of the bot's process to its first request to the Bot API.

    It makes it once the knowledge is loaded and the database open.
    """
    with socket.create_server(("127.0.0.1", 0)) as api:
        api.settimeout(_TIMEOUT_SECONDS)
        variables = {
            "BOT_TOKEN": "1:benchmark",
            "BOT_API_URL": f"http://127.0.0.1:{api.getsockname()[1]}/bot",
            "BOT_KNOWLEDGE_DIR": str(knowledge),
            "BOT_DATA_DIR": data,
        }
        started = time.perf_counter()
        with subprocess.Popen([sys.executable, "-m", "bot"], cwd=ROOT, env=os.environ | variables) as process:
            try:
                with api.accept()[0]:
                    return time.perf_counter() - started
            finally:
                process.kill()  # it has nothing to finish
