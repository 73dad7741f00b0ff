"""How time and memory grow with the knowledge, without the semantic feature; each size in a process of its own."""

from __future__ import annotations

import cProfile
import gc
import io
import multiprocessing
import pstats
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
import psutil

from bot import compose
from bot.builder import Builder
from bot.cache import Cache
from bot.configuration import CONFIG, Settings
from bot.knowledge.model import Interview
from bot.matching.catalogue import Catalogue
from bot.matching.matcher import Matcher
from tests.benchmarks.rates import quantile
from tests.benchmarks.synthetic import altered, items, multiplied, source
from tests.benchmarks.table import table

SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS = 300
_PROFILED = 18
"""Lines of a profile that are shown."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How the bot does with a knowledge base of one size."""

    phrasings: int
    items: int
    """Entries and not-covered topics."""
    terms: int
    """Terms of the index."""
    postings: int
    """Postings of the index."""
    build: float
    """Seconds from the loaded knowledge to the first answer."""
    memory: int
    """Bytes by which the process grew for the knowledge and its catalogue."""
    arrays: int
    """Bytes of the catalogue's arrays."""
    strings: int
    """Bytes of the index's terms and their table."""
    times: tuple[float, ...]
    """Seconds that each question took."""
    profile: str
    """Where the time of all questions went; empty unless asked for."""

    @property
    def median(self) -> float:
        """Median time of a question, in seconds."""
        return quantile(self.times, 0.5)

    @property
    def p99(self) -> float:
        """Time that 99 of 100 questions don't exceed, in seconds."""
        return quantile(self.times, 0.99)


def measure_all(
    settings: Settings, sizes: Sequence[int], questions: Sequence[str], *, profile: bool
) -> Iterator[Measured]:
    """Measure one size after the other."""
    for size in sizes:
        # a fresh process a size: memory that an earlier one gave back would hide what this one takes
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            yield pool.submit(measure, settings, size, tuple(questions), profile=profile).result()


def measure(settings: Settings, phrasings: int, questions: Sequence[str], *, profile: bool) -> Measured:
    """Build a knowledge base of a size and ask it; without `questions` of one's own, altered phrasings."""
    shipped = compose.matcher(settings)
    parser = shipped.engine.parser
    origin = source(shipped.knowledge, parser.segmenter.words, parser.segmenter.general.words())
    before = _memory()
    knowledge = multiplied(shipped.knowledge, phrasings, origin)
    _log(f"{phrasings:,} phrasings are written")
    asked = questions or altered([text for one in knowledge.interviews for text in _texts(one)], origin, 2 * QUESTIONS)
    started = time.perf_counter()
    matcher = Builder(CONFIG / "matching", parser.normalise, Cache(None), None).from_snapshot(knowledge)
    matcher.decide("what")
    built = time.perf_counter() - started
    memory = _memory() - before
    _log(f"built in {built:.0f} s")
    catalogue = matcher.engine.catalogue
    if not questions:  # one that is a phrasing after all is found in a table, which would flatter the index
        asked = [text for text in asked if parser.normalise(text) not in catalogue.exact][:QUESTIONS]
    times = _times(matcher, asked)
    return Measured(
        phrasings=len(catalogue.texts),
        items=len(catalogue.items),
        terms=len(catalogue.index.vocabulary),
        postings=len(catalogue.index.postings),
        build=built,
        memory=memory,
        arrays=_arrays(catalogue),
        strings=_strings(catalogue),
        times=times,
        profile=_profile(matcher, asked) if profile else "",
    )


def report(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the table, and the profile of the largest."""
    head = [
        "phrasings",
        "items",
        "terms",
        "postings",
        "build s",
        "memory MB",
        "arrays MB",
        "terms MB",
        "median ms",
        "p99 ms",
    ]
    yield from table(
        head,
        [
            (
                f"{one.phrasings:,}",
                f"{one.items:,}",
                f"{one.terms:,}",
                f"{one.postings:,}",
                f"{one.build:.1f}",
                *(f"{size / 1e6:,.0f}" for size in (one.memory, one.arrays, one.strings)),
                f"{one.median * 1000:.2f}",
                f"{one.p99 * 1000:.2f}",
            )
            for one in measured
        ],
    )
    if measured and measured[-1].profile:
        yield ""
        yield measured[-1].profile


def _texts(interview: Interview) -> Iterator[str]:
    for item in items(interview):
        for phrasing in item.asked_as():
            yield phrasing.text


def _times(matcher: Matcher, questions: Sequence[str]) -> tuple[float, ...]:
    for text in questions[:10]:
        matcher.decide(text)
    times: list[float] = []
    for text in questions:
        started = time.perf_counter()
        matcher.decide(text)
        times.append(time.perf_counter() - started)
    return tuple(times)


def _profile(matcher: Matcher, questions: Sequence[str]) -> str:
    profiler = cProfile.Profile()
    profiler.enable()
    for text in questions:
        matcher.decide(text)
    profiler.disable()
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).strip_dirs().sort_stats("tottime").print_stats(_PROFILED)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines() if line.strip())


def _memory() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def _arrays(value: object) -> int:
    """Return the bytes of the arrays in a dataclass and in the dataclasses it holds."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if is_dataclass(value):
        return sum(_arrays(getattr(value, part.name)) for part in fields(value))
    return 0


def _strings(catalogue: Catalogue) -> int:
    vocabulary = catalogue.index.vocabulary
    return sys.getsizeof(vocabulary) + sum(map(sys.getsizeof, vocabulary))


def _log(text: str) -> None:
    sys.stderr.write(f"{text}\n")
