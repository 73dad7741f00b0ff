"""The statistics as a picture. Its words are English and its names are ids, for which every font has letters.

`python -m bot.telegram.monitoring.stats_chart` draws what it reads as JSON on standard input and writes a PNG, in a
process of its own: the drawing library and the memory that it needs are gone with it (see `stats_picture`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from bot.storage.statistics_data import Statistics, from_json

WIDTH, HEIGHT, DPI = 10.0, 8.6, 128
"""Inches, inches, and dots an inch: 1,280 dots wide, as wide as Telegram shows a picture."""

PAPER, INK, SOFT, FAINT = "#fbfaf7", "#22313a", "#6f7b80", "#e4e1da"
WAYS = (
    ("answered", "answered", "#1f6f78"),
    ("suggested", "asked back", "#7fb7ae"),
    ("unknown", "not covered", "#e2a04a"),
    ("smalltalk", "small talk", "#cdc8be"),
)
"""How a question can go: its name, what the picture calls it, and its colour, from the ground of a bar upwards."""
KINDS = {"private": "private chats", "group": "groups", "supergroup": "supergroups"}
THICKNESS = 0.022
"""Of a lying bar, as a share of the height of its panel."""
FEWEST_DAYS = 7
"""Days that there is room for, so that a bar doesn't become a block."""
LONGEST_NAME = 34
"""Characters of an entry's name."""


def draw(found: Statistics) -> bytes:
    """Return a PNG."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    grid = GridSpec(2, 2, figure, 0.06, 0.035, 0.955, 0.725, 0.14, 0.3, [1.25, 1.0], [1.0, 1.15])
    _head(figure, found)
    _days(figure.add_subplot(grid[0, :]), found)
    _entries(figure.add_subplot(grid[1, 1]), found)
    _chats(figure.add_subplot(grid[1, 0]), found)
    written = BytesIO()
    figure.savefig(written, format="png", facecolor=PAPER, metadata={"Software": None})
    return written.getvalue()


def _head(figure: Figure, found: Statistics) -> None:
    first, last = _date(found.first), _date(found.first + found.days - 1)
    until = f"{last.day} {last:%B %Y}"
    when = f"{first.day} {first:%B} – {until}" if found.days > 1 else until
    figure.text(0.06, 0.945, "What people asked", size=21, weight="bold", color=INK, va="center")
    figure.text(0.955, 0.945, f"{when} ({found.zone})", size=12, color=SOFT, ha="right", va="center")
    asked, votes = found.asked, found.votes
    against = votes.get("down", 0) + votes.get("wrong", 0)
    figures = (
        (f"{asked:,}", f"questions from {found.people:,} {'person' if found.people == 1 else 'people'}"),
        (_percent(found.statuses.get("answered", 0), asked), "answered at once"),
        (
            _percent(votes.get("up", 0), votes.get("up", 0) + against),
            f"of {votes.get('up', 0) + against:,} votes in favour",
        ),
        (_time(found.p50), f"typically; 95% within {_time(found.p95)}"),
    )
    for place, (number, words) in enumerate(figures):
        left = 0.06 + place * 0.228
        figure.text(left, 0.862, number, size=27, weight="bold", color=WAYS[0][2], va="center")
        figure.text(left, 0.818, words, size=10.5, color=SOFT, va="center")


def _days(axes: Axes, found: Statistics) -> None:
    days = range(found.first, found.first + found.days)
    ground = [0] * found.days
    for way, _, colour in WAYS:
        counts = [found.daily.get((day, way), 0) for day in days]
        axes.bar(list(days), counts, width=0.78, bottom=ground, color=colour, linewidth=0)
        ground = [below + count for below, count in zip(ground, counts, strict=True)]
    _bare(axes)
    highest = max([*ground, 1])
    axes.set_ylim(0, highest * 1.12)
    axes.set_xlim(days[-1] - max(found.days, FEWEST_DAYS) + 0.4, days[-1] + 0.6)
    axes.axhline(0, color=INK, linewidth=0.8)
    top = max(range(found.days), key=ground.__getitem__)
    if ground[top]:
        axes.text(
            days[top], ground[top] + highest * 0.02, f"{ground[top]:,}", size=10, color=INK, ha="center", va="bottom"
        )
    step = max(1, -(-found.days // 8))
    shown = list(days)[::-1][::step][::-1]
    axes.set_xticks(shown, [f"{_date(day).day} {_date(day):%b}" for day in shown], size=10, color=SOFT)
    _legend(axes, found)


def _legend(axes: Axes, found: Statistics) -> None:
    """Name the colours above the bars, each in its own colour."""
    left = 0.0
    for way, name, colour in WAYS:
        axes.text(left, 1.06, "■", size=12, color=colour, transform=axes.transAxes, va="center")
        words = f"{name}  {found.statuses.get(way, 0):,}"
        told = axes.text(left + 0.02, 1.06, words, size=10.5, color=INK, transform=axes.transAxes, va="center")
        left = axes.transAxes.inverted().transform(told.get_window_extent().max)[0] + 0.03


def _entries(axes: Axes, found: Statistics) -> None:
    _title(axes, "Most shown entries")
    names = [_short(key) for key, _ in found.top]
    _bars(axes, names, [count for _, count in found.top], [f"{count:,}" for _, count in found.top])


def _chats(axes: Axes, found: Statistics) -> None:
    _title(axes, "Where they asked")
    names = [KINDS.get(one.kind, one.kind) for one in found.chats]
    notes = [f"{one.asked:,} in {one.chats:,}, busiest {one.busiest:,}" for one in found.chats]
    _bars(axes, names, [one.asked for one in found.chats], notes)


def _bars(axes: Axes, names: Sequence[str], values: Sequence[int], notes: Sequence[str]) -> None:
    """Draw a bar a name, the name above it and the note at its end."""
    _bare(axes)
    rows = max(len(names), 4)
    highest, thickness = max([*values, 1]), THICKNESS * rows
    axes.set_ylim(rows - 0.45, -0.55)
    axes.set_xlim(0, highest)
    axes.set_xticks([])
    for row, (name, value, note) in enumerate(zip(names, values, notes, strict=True)):
        axes.barh(row, highest, height=thickness, color=FAINT, linewidth=0)
        axes.barh(row, value, height=thickness, color=WAYS[0][2], linewidth=0)
        axes.text(0, row - thickness, name, size=10.5, color=INK, va="bottom")
        axes.text(highest, row - thickness, note, size=10.5, color=SOFT, ha="right", va="bottom")
    if not names:
        axes.text(0, 0, "nothing yet", size=11, color=SOFT)


def _bare(axes: Axes) -> None:
    """Take away whatever isn't data."""
    axes.set_facecolor(PAPER)
    axes.spines[:].set_visible(False)
    axes.set_yticks([])
    axes.tick_params(length=0)


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, size=13, weight="bold", color=INK, loc="left", pad=10)


def _short(key: str) -> str:
    name = key.rpartition("/")[2]
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _time(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def _date(day: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(from_json(sys.stdin.buffer.read())))
