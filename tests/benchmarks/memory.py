"""How much memory a bot holds: after its start, reloads, a picture and many questions; its children told apart."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bot.cli.evaluate import OWN_QUESTIONS
from bot.errors import UsageError
from bot.evaluation.questions import read_questions
from tests.benchmarks.table import table
from tests.botapi import ADA, BotApi, User
from tests.botapi import running as serving_api
from tests.builders import SHIPPED
from tests.crash_harness import settings_of
from tests.replica import running

RELOADS = 3
QUESTIONS = 500
EACH = 10
"""Questions of one person; more would be refused."""
CHANGED = "01-background.yaml"
FIRST_POINT = "points:\n"
PATIENCE = 300.0
LOOK = 0.01
"""Seconds between two looks for children."""
_MIB = 1024


@dataclass(frozen=True, slots=True)
class ClaimedUpdate:
    """What a bot holds, in MiB."""

    when: str
    """After what."""
    resident: float
    """Of its own memory and of shared libraries, now."""
    peak: float
    """The most that it ever was."""
    children: float
    """The most that one of its children ever was."""


class Watch:
    """Looks at a process and its children, as Linux tells of them."""

    def __init__(self, process: int) -> None:
        """Watch a process by its id."""
        self._process = Path(f"/proc/{process}")
        self._children = 0.0

    def held(self, when: str) -> ClaimedUpdate:
        """Return what is held now."""
        self.look()
        resident = _kibibytes(self._process / "smaps_rollup", "Rss:") / _MIB
        return ClaimedUpdate(when, resident, _kibibytes(self._process / "status", "VmHWM:") / _MIB, self._children)

    def look(self) -> None:
        """Note how much the children hold that there are just now."""
        for children in self._process.glob("task/*/children"):
            with suppress(OSError):
                for child in children.read_text().split():
                    peak = _kibibytes(Path(f"/proc/{child}/status"), "VmHWM:") / _MIB
                    self._children = max(self._children, peak)

    @asynccontextmanager
    async def meanwhile(self) -> AsyncIterator[None]:
        """Look again and again while a block runs."""
        task = asyncio.create_task(self._look_on())
        try:
            yield
        finally:
            task.cancel()

    async def _look_on(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK)


def memory() -> Iterator[str]:
    """Measure, and yield the lines of a table."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise UsageError("only Linux tells how much memory a process holds")
    with tempfile.TemporaryDirectory() as home:
        measured = asyncio.run(measure(Path(home)))
    rows = [(one.when, f"{one.resident:.0f}", f"{one.peak:.0f}", f"{one.children:.0f}") for one in measured]
    yield from table(("MiB after", "resident", "peak", "peak of a child"), rows)


async def measure(home: Path, knowledge: Path = SHIPPED, questions: int = QUESTIONS) -> Sequence[ClaimedUpdate]:
    """Run a bot over a copy of a knowledge folder, and look at it after each step."""
    folder = home / "knowledge"
    shutil.copytree(knowledge, folder)
    async with serving_api() as api:
        settings = settings_of(api, home, BOT_ADMIN_IDS=str(ADA.id))
        async with running(settings, home / "bot.log") as bot:
            await api.private_message(ADA, "/diag")
            await api.sent(1, limit=PATIENCE)
            watch = Watch(bot.process)
            async with watch.meanwhile():
                return [held async for held in _steps(api, watch, folder, questions)]


async def _steps(api: BotApi, watch: Watch, folder: Path, questions: int) -> AsyncIterator[ClaimedUpdate]:
    yield watch.held("the start")
    for number in range(RELOADS):
        _change(folder, number)
        await _answered(api, ADA, "/reload")
        yield watch.held(f"reload {number + 1}")
    await _ask(api, _asked(folder), questions)
    yield watch.held(f"{questions} questions")
    await _answered(api, ADA, "/stats")
    yield watch.held("/stats")


def _change(folder: Path, number: int) -> None:
    """Change the first point that a curator has written."""
    path = next(folder.glob(f"*/{CHANGED}"))
    head, points, rest = path.read_text(encoding="utf-8").partition(FIRST_POINT)
    line, end, more = rest.partition("。")
    path.write_text(f"{head}{points}{line}{'！' * (number + 1)}{end}{more.lstrip('！')}", encoding="utf-8")


def _asked(folder: Path) -> list[str]:
    return [one.text for file in sorted(folder.glob(f"*/{OWN_QUESTIONS}")) for one in read_questions(file)]


async def _ask(api: BotApi, asked: Sequence[str], count: int) -> None:
    for start in range(0, count, EACH):
        person = User(20_000 + start, "Somebody")
        before = len(api.world.sent)
        texts = list(islice(cycle(asked), start, min(start + EACH, count)))
        for text in texts:
            await api.private_message(person, text)
        await api.wait_for(lambda: len(api.world.sent) >= before + len(texts), "answers", PATIENCE)  # noqa: B023


async def _answered(api: BotApi, person: User, text: str) -> None:
    before = len(api.world.sent)
    await api.private_message(person, text)
    await api.wait_for(lambda: len(api.world.sent) > before, f"the answer to {text}", PATIENCE)


def _kibibytes(path: Path, name: str) -> float:
    """Read a number of one of Linux's files about a process; 0 where the process has ended."""
    with suppress(OSError):
        for line in path.read_text().splitlines():
            if line.startswith(name):
                return float(line.split()[1])
    return 0.0
