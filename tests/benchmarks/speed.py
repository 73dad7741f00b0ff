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
from statistics import median
from typing import TypeVar

from rapidfuzz import fuzz, process

from bot import compose
from bot.matching.embeddings import CachedEmbedder
from bot.matching.inverted_index import Floats
from bot.matching.matcher import Matcher
from bot.matching.static_meaning import StaticMeaning
from bot.matching.word_table import read_table
from bot.matching.work_limit import MAX_MESSAGE_CHARACTERS
from bot.settings import Settings
from tests.benchmarks.nonsense import NONSENSE, nonsense
from tests.benchmarks.synthetic import altered, source
from tests.benchmarks.table import table
from tests.builders import ROOT

_T = TypeVar("_T")

QUESTIONS = 60
REPETITIONS = 7
STARTS = 5
_PATIENCE = 120.0
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
    """Measure, and yield the tables; without `questions` of one's own, altered phrasings are asked."""
    yield from _questions(matcher, questions)
    yield ""
    yield from _static_meaning(matcher)
    yield ""
    yield from _nonsense(matcher)
    yield ""
    yield from _starts(settings)


def _questions(matcher: Matcher, questions: Sequence[str]) -> Iterator[str]:
    catalogue = matcher.engine.catalogue
    phrasings = catalogue.wordings[:: max(1, len(catalogue.wordings) // QUESTIONS)][:QUESTIONS]
    with_meaning, sure = _by_meaning(matcher, questions or _altered(matcher))
    groups = {
        "a curator's own phrasing": phrasings,
        "sure without meaning": sure[:QUESTIONS],
        "both of these": [*phrasings, *sure[:QUESTIONS]],
        "with meaning": with_meaning[:QUESTIONS],
    }

    def scan(text: str) -> object:
        return process.extractOne(text, catalogue.wordings, scorer=fuzz.ratio)

    rows = []
    for name, texts in groups.items():
        if texts:
            own, peer = _in_turns(matcher.decide, scan, texts)
            rows.append((name, str(len(texts)), f"{own:.2f}", f"{peer:.2f}", f"{own / peer:.2f}"))
    yield f"a question over {len(catalogue.wordings)} phrasings, median of {REPETITIONS} rounds"
    yield from table(["", "n", "bot ms", "rapidfuzz ratio ms", "bot / rapidfuzz"], rows)


def _static_meaning(matcher: Matcher) -> Iterator[str]:
    """Time the vectors of phrasings from the table of words: each alone, and all in a batch."""
    meaning = StaticMeaning(read_table(compose.WORD_VECTORS))
    parse = matcher.engine.parser.parse_normalised
    texts = [parse(text).words for text in matcher.engine.catalogue.texts]
    sample = texts[:: max(1, len(texts) // QUESTIONS)]
    alone = median(_milliseconds(meaning.vector, words) for _ in range(REPETITIONS) for words in sample)
    batch = median(_milliseconds(meaning.vectors, texts) for _ in range(REPETITIONS)) / len(texts)
    figures = f"{1000 * alone:.0f} µs alone, {1000 * batch:.0f} µs in a batch of {len(texts)}"
    yield f"static meaning of a parsed text: {figures}"


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


def _milliseconds(ask: Callable[[_T], object], text: _T) -> float:
    started = time.perf_counter()
    ask(text)
    return (time.perf_counter() - started) * 1000


def _altered(matcher: Matcher) -> list[str]:
    segmenter = matcher.engine.parser.segmenter
    origin = source(matcher.knowledge, segmenter.words, segmenter.general.words())
    return altered(matcher.engine.catalogue.wordings, origin, 4 * QUESTIONS)


def _by_meaning(matcher: Matcher, questions: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the questions that needed the semantic feature from those that were decided without it."""
    if matcher.engine.embedder is None:
        return [], list(questions)
    watched = Watched(matcher.engine.embedder)
    watching = replace(matcher, engine=replace(matcher.engine, embedder=watched))
    parts: tuple[list[str], list[str]] = ([], [])
    for text in questions:
        before = watched.used
        decision = watching.decide(text)
        if watched.used > before:
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
        api.settimeout(_PATIENCE)
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
