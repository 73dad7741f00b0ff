"""Draws the statistics as a picture, in English and with ids for names: every font has the letters for these.

`python -m bot.telegram.monitoring.stats_chart` draws what it reads as JSON on standard input and writes a PNG, in a
process of its own that takes the drawing library and its memory with it (see `stats_picture`).
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

WIDTH_INCHES, HEIGHT_INCHES, DOTS_PER_INCH = 10.0, 8.6, 128
"""1,280 dots wide, as wide as Telegram shows a picture."""

BACKGROUND, INK, SOFT_INK, FAINT_INK = "#fbfaf7", "#22313a", "#6f7b80", "#e4e1da"
STATUSES = (
    ("answered", "answered", "#1f6f78"),
    ("suggested", "asked back", "#7fb7ae"),
    ("unknown", "not covered", "#e2a04a"),
    ("smalltalk", "small talk", "#cdc8be"),
)
"""The outcomes of a question: status, its name in the picture, and its colour, from the foot of a bar upwards."""
CHAT_KINDS = {"private": "private chats", "group": "groups", "supergroup": "supergroups"}
BAR_THICKNESS = 0.022
"""Of a horizontal bar, as a share of the height of its panel."""
MIN_DAYS = 7
"""Number of days that there is room for at least, so that a bar of few days isn't as wide as the panel."""
MAX_NAME_CHARACTERS = 34
"""Length to which an entry's id is cut."""


def draw(found: Statistics) -> bytes:
    """Return the picture as PNG."""
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DOTS_PER_INCH, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    grid = GridSpec(2, 2, figure, 0.06, 0.035, 0.955, 0.725, 0.14, 0.3, [1.25, 1.0], [1.0, 1.15])
    _header(figure, found)
    _days_panel(figure.add_subplot(grid[0, :]), found)
    _entries_panel(figure.add_subplot(grid[1, 1]), found)
    _chats_panel(figure.add_subplot(grid[1, 0]), found)
    png = BytesIO()
    figure.savefig(png, format="png", facecolor=BACKGROUND, metadata={"Software": None})
    return png.getvalue()


def _header(figure: Figure, found: Statistics) -> None:
    first, last = _date(found.first), _date(found.first + found.days - 1)
    until = f"{last.day} {last:%B %Y}"
    when = f"{first.day} {first:%B} – {until}" if found.days > 1 else until
    figure.text(0.06, 0.945, "What people asked", size=21, weight="bold", color=INK, va="center")
    figure.text(0.955, 0.945, f"{when} ({found.zone})", size=12, color=SOFT_INK, ha="right", va="center")
    asked, votes = found.asked, found.votes
    against = votes.get("down", 0) + votes.get("wrong", 0)
    figures = (
        (f"{asked:,}", f"questions from {found.people:,} {'person' if found.people == 1 else 'people'}"),
        (_percent(found.statuses.get("answered", 0), asked), "answered at once"),
        (
            _percent(votes.get("up", 0), votes.get("up", 0) + against),
            f"of {votes.get('up', 0) + against:,} votes in favour",
        ),
        (_duration(found.p50), f"typically; 95% within {_duration(found.p95)}"),
    )
    for column, (number, words) in enumerate(figures):
        left = 0.06 + column * 0.228
        figure.text(left, 0.862, number, size=27, weight="bold", color=STATUSES[0][2], va="center")
        figure.text(left, 0.818, words, size=10.5, color=SOFT_INK, va="center")


def _days_panel(axes: Axes, found: Statistics) -> None:
    days = range(found.first, found.first + found.days)
    totals = [0] * found.days
    for status, _, colour in STATUSES:
        counts = [found.daily.get((day, status), 0) for day in days]
        axes.bar(list(days), counts, width=0.78, bottom=totals, color=colour, linewidth=0)
        totals = [below + count for below, count in zip(totals, counts, strict=True)]
    _strip(axes)
    highest = max([*totals, 1])
    axes.set_ylim(0, highest * 1.12)
    axes.set_xlim(days[-1] - max(found.days, MIN_DAYS) + 0.4, days[-1] + 0.6)
    axes.axhline(0, color=INK, linewidth=0.8)
    top = max(range(found.days), key=totals.__getitem__)
    if totals[top]:
        axes.text(
            days[top], totals[top] + highest * 0.02, f"{totals[top]:,}", size=10, color=INK, ha="center", va="bottom"
        )
    step = max(1, -(-found.days // 8))
    shown = list(days)[::-1][::step][::-1]
    axes.set_xticks(shown, [f"{_date(day).day} {_date(day):%b}" for day in shown], size=10, color=SOFT_INK)
    _legend(axes, found)


def _legend(axes: Axes, found: Statistics) -> None:
    """Write what the colours mean above the bars, each with its total."""
    left = 0.0
    for status, name, colour in STATUSES:
        axes.text(left, 1.06, "■", size=12, color=colour, transform=axes.transAxes, va="center")
        words = f"{name}  {found.statuses.get(status, 0):,}"
        caption = axes.text(left + 0.02, 1.06, words, size=10.5, color=INK, transform=axes.transAxes, va="center")
        left = axes.transAxes.inverted().transform(caption.get_window_extent().max)[0] + 0.03


def _entries_panel(axes: Axes, found: Statistics) -> None:
    _title(axes, "Most shown entries")
    names = [_short_name(key) for key, _ in found.top]
    _bars(axes, names, [count for _, count in found.top], [f"{count:,}" for _, count in found.top])


def _chats_panel(axes: Axes, found: Statistics) -> None:
    _title(axes, "Where they asked")
    names = [CHAT_KINDS.get(chat.kind, chat.kind) for chat in found.chats]
    notes = [f"{chat.asked:,} in {chat.chats:,}, busiest {chat.busiest:,}" for chat in found.chats]
    _bars(axes, names, [chat.asked for chat in found.chats], notes)


def _bars(axes: Axes, names: Sequence[str], values: Sequence[int], notes: Sequence[str]) -> None:
    """Draw a horizontal bar for each name, with the name above it and the note at its end."""
    _strip(axes)
    rows = max(len(names), 4)
    highest, thickness = max([*values, 1]), BAR_THICKNESS * rows
    axes.set_ylim(rows - 0.45, -0.55)
    axes.set_xlim(0, highest)
    axes.set_xticks([])
    for row, (name, value, note) in enumerate(zip(names, values, notes, strict=True)):
        axes.barh(row, highest, height=thickness, color=FAINT_INK, linewidth=0)
        axes.barh(row, value, height=thickness, color=STATUSES[0][2], linewidth=0)
        axes.text(0, row - thickness, name, size=10.5, color=INK, va="bottom")
        axes.text(highest, row - thickness, note, size=10.5, color=SOFT_INK, ha="right", va="bottom")
    if not names:
        axes.text(0, 0, "nothing yet", size=11, color=SOFT_INK)


def _strip(axes: Axes) -> None:
    """Remove frame and ticks: whatever isn't data."""
    axes.set_facecolor(BACKGROUND)
    axes.spines[:].set_visible(False)
    axes.set_yticks([])
    axes.tick_params(length=0)


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, size=13, weight="bold", color=INK, loc="left", pad=10)


def _short_name(key: str) -> str:
    name = key.rpartition("/")[2]
    return name if len(name) <= MAX_NAME_CHARACTERS else f"{name[: MAX_NAME_CHARACTERS - 1]}…"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def _date(day: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(from_json(sys.stdin.buffer.read())))
