"""How much memory a bot uses: after its start, reloads, many questions and a picture; its children apart."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bot.errors import UsageError
from tests.benchmarks.questions import unseen_questions
from tests.benchmarks.table import table
from tests.botapi import ADA, BotApi, User
from tests.botapi import running as serving_api
from tests.builders import SHIPPED
from tests.crash_harness import settings_of
from tests.replica import running

RELOADS = 3
QUESTIONS = 2_000
QUESTIONS_PER_PERSON = 10
"""More would exceed the rate limit."""
CHANGED_FILE = "01-background.yaml"
FIRST_POINT = "points:\n"
TIMEOUT_SECONDS = 300.0
SAMPLE_SECONDS = 0.01
"""Interval between two looks at the children, which may live shortly."""
_MIB = 1024


@dataclass(frozen=True, slots=True)
class MemoryUsage:
    """How much memory a bot uses, in MiB."""

    after: str
    """The step after which it was measured."""
    resident: float
    """Its resident set at that time."""
    mapped: float
    """How much of it mirrors files, which the system may drop and read again."""
    peak: float
    """The highest `resident` until then."""
    children: float
    """The highest resident set of any one of its children until then."""


class MemorySampler:
    """Reads from /proc how much memory a process and its children use."""

    def __init__(self, process: int) -> None:
        """Sample the process with the id `process`."""
        self._process = Path(f"/proc/{process}")
        self._children_peak = 0.0

    def usage(self, after: str) -> MemoryUsage:
        """Return what is used now, `after` a step."""
        self.sample_children()
        resident, mapped, peak = (
            _kibibytes(self._process / "status", name) / _MIB for name in ("VmRSS:", "RssFile:", "VmHWM:")
        )
        return MemoryUsage(after, resident, mapped, peak, self._children_peak)

    def sample_children(self) -> None:
        """Update the peak of the children with those that exist now."""
        for children in self._process.glob("task/*/children"):
            with suppress(OSError):
                for child in children.read_text().split():
                    peak = _kibibytes(Path(f"/proc/{child}/status"), "VmHWM:") / _MIB
                    self._children_peak = max(self._children_peak, peak)

    @asynccontextmanager
    async def sampling(self) -> AsyncIterator[None]:
        """Sample the children every `SAMPLE_SECONDS` while a block runs."""
        task = asyncio.create_task(self._sample_forever())
        try:
            yield
        finally:
            task.cancel()

    async def _sample_forever(self) -> None:
        while True:
            self.sample_children()
            await asyncio.sleep(SAMPLE_SECONDS)


def memory() -> Iterator[str]:
    """Measure, and yield the lines of a table; raises UsageError where the system has no /proc."""
    if not Path("/proc/self/status").exists():
        raise UsageError("only Linux reports how much memory a process uses")
    with tempfile.TemporaryDirectory() as home:
        measured = asyncio.run(measure(Path(home)))
    rows = [
        (usage.after, *(f"{size:.0f}" for size in (usage.resident, usage.mapped, usage.peak, usage.children)))
        for usage in measured
    ]
    yield from table(("MiB after", "resident", "of it files", "peak", "peak of a child"), rows)


async def measure(home: Path, knowledge: Path = SHIPPED, questions: int = QUESTIONS) -> Sequence[MemoryUsage]:
    """Run a bot over a copy of a knowledge folder, and look at it after each step."""
    folder = home / "knowledge"
    shutil.copytree(knowledge, folder)
    async with serving_api() as api:
        settings = settings_of(api, home, BOT_ADMIN_IDS=str(ADA.id))
        async with running(settings, home / "bot.log") as bot:
            await api.private_message(ADA, "/diag")
            await api.sent(1, limit=TIMEOUT_SECONDS)
            sampler = MemorySampler(bot.process)
            async with sampler.sampling():
                return [usage async for usage in _steps(api, sampler, folder, questions)]


async def _steps(api: BotApi, sampler: MemorySampler, folder: Path, questions: int) -> AsyncIterator[MemoryUsage]:
    yield sampler.usage("the start")
    for number in range(RELOADS):
        _change(folder, number)
        await _send_and_wait(api, ADA, "/reload")
        yield sampler.usage(f"reload {number + 1}")
    await _ask(api, unseen_questions(folder), questions)
    yield sampler.usage(f"{questions} questions")
    await _send_and_wait(api, ADA, "/stats")
    yield sampler.usage("/stats")


def _change(folder: Path, number: int) -> None:
    """Change the first point that a curator has written."""
    path = next(folder.glob(f"*/{CHANGED_FILE}"))
    head, points, rest = path.read_text(encoding="utf-8").partition(FIRST_POINT)
    line, end, more = rest.partition("。")
    path.write_text(f"{head}{points}{line}{'！' * (number + 1)}{end}{more.lstrip('！')}", encoding="utf-8")


async def _ask(api: BotApi, question_texts: Sequence[str], count: int) -> None:
    for start in range(0, count, QUESTIONS_PER_PERSON):
        person = User(20_000 + start, "Somebody")
        before = len(api.world.sent)
        texts = list(islice(cycle(question_texts), start, min(start + QUESTIONS_PER_PERSON, count)))
        for text in texts:
            await api.private_message(person, text)
        await api.wait_for(lambda: len(api.world.sent) >= before + len(texts), "answers", TIMEOUT_SECONDS)  # noqa: B023


async def _send_and_wait(api: BotApi, person: User, text: str) -> None:
    before = len(api.world.sent)
    await api.private_message(person, text)
    await api.wait_for(lambda: len(api.world.sent) > before, f"the answer to {text}", TIMEOUT_SECONDS)


def _kibibytes(path: Path, name: str) -> float:
    """Read a number of one of Linux's files about a process; 0 where the process has ended."""
    with suppress(OSError):
        for line in path.read_text().splitlines():
            if line.startswith(name):
                return float(line.split()[1])
    return 0.0
