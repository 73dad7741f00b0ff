"""How long a change of the knowledge takes to serve, and the first answer where nothing was computed before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median

from bot import compose
from bot.answers.assistant import Assistant
from bot.configuration import read_settings
from bot.knowledge.overlay import ApprovedPhrasing
from tests.benchmarks.table import table
from tests.builders import ROOT, SHIPPED

ROUNDS = 5
SECTION = "01-background"
_QUESTION = "他为什么要自己建数据中心"
_ENTRY = """
  - id: {id}
    question: {{zh: 灯塔上第{number}盏灯有多亮, en: How bright is lamp {number} of the lighthouse}}
    points:
      - {{zh: 第{number}盏灯很亮。, en: Lamp {number} is bright.}}
    quotes:
      - text: {quote}
"""


def reload() -> Iterator[str]:
    """Measure in processes of their own, and yield the tables."""
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(SHIPPED, Path(home, "knowledge"))
        seconds: Mapping[str, list[tuple[float, float]]] = json.loads(_output(home, "-m", __name__, home))
    yield f"s until a change serves, of {ROUNDS} each"
    rows = []
    for what, taken in seconds.items():
        elapsed, busy = zip(*taken, strict=True)
        rows.append((what, f"{median(elapsed):.2f}", f"{max(elapsed):.2f}", f"{median(busy):.2f}"))
    yield from table(("", "median", "longest", "of the processor"), rows)
    yield ""
    first = [_first_answer() for _ in range(ROUNDS)]
    yield f"s until the first answer of `python -m bot ask` with an empty data folder: {median(first):.2f}, median"


def _first_answer() -> float:
    with tempfile.TemporaryDirectory() as home:
        Path(home, "knowledge").symlink_to(SHIPPED)
        started = time.perf_counter()
        _output(home, "-m", "bot", "ask", _QUESTION)
        return time.perf_counter() - started


def _output(home: str, *arguments: str) -> str:
    """Return what a Python process prints that has its knowledge and its data below `home`."""
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # as `python -m bot` sets them
    folders = {"BOT_KNOWLEDGE_DIR": str(Path(home, "knowledge")), "BOT_DATA_DIR": str(Path(home, "data"))}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | threads | folders, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def measure(home: Path) -> Mapping[str, list[tuple[float, float]]]:
    """Return the seconds that each kind of change takes, elapsed and of the processor; the files are below `home`."""
    assistant = compose.assistant(read_settings())
    (section,) = (home / "knowledge").glob(f"*/{SECTION}.yaml")
    quote = assistant.knowledge.interviews[0].sections[0].entries[0].quotes[0].text.splitlines()[0]
    entry = next(iter(assistant.knowledge.by_key))
    approved: list[ApprovedPhrasing] = []

    def approve(number: int) -> None:
        approved.append(ApprovedPhrasing(entry, f"第{number}种新学来的问法是什么"))

    changes: Mapping[str, tuple[Callable[[int], None], Callable[[Assistant], object]]] = {
        "one changed point": (lambda number: _change_point(section, number), Assistant.reload),
        "one changed phrasing": (lambda number: _change_phrasing(section, number), Assistant.reload),
        "one new entry": (lambda number: _add_entry(section, number, quote), Assistant.reload),
        "one phrasing approved in the chat": (approve, lambda assistant: assistant.set_approved(approved)),
    }
    return {what: [_timed(assistant, number, *how) for number in range(1, ROUNDS + 1)] for what, how in changes.items()}


def _timed(
    assistant: Assistant, number: int, change: Callable[[int], None], serve: Callable[[Assistant], object]
) -> tuple[float, float]:
    change(number)
    started, busy = time.perf_counter(), time.process_time()
    serve(assistant)
    return time.perf_counter() - started, time.process_time() - busy


def _change_point(section: Path, number: int) -> None:
    head, points, rest = section.read_text(encoding="utf-8").partition("points:\n")
    line, end, more = rest.partition("。")
    section.write_text(f"{head}{points}{line}{'！' * number}{end}{more.lstrip('！')}", encoding="utf-8")


def _change_phrasing(section: Path, number: int) -> None:
    path = section.with_suffix(".phrasings.txt")
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[1] = f"第{number}种改过的问法是什么"
    path.write_text("\n".join(lines), encoding="utf-8")


def _add_entry(section: Path, number: int, quote: str) -> None:
    name = f"lamp-{number}"
    with section.open("a", encoding="utf-8") as file:
        file.write(_ENTRY.format(id=name, number=number, quote=json.dumps(quote, ensure_ascii=False)))
    with section.with_suffix(".phrasings.txt").open("a", encoding="utf-8") as file:
        file.write(f"\n[{name}]\n第{number}盏灯塔的灯亮不亮\n")


if __name__ == "__main__":
    json.dump(measure(Path(sys.argv[1])), sys.stdout)
