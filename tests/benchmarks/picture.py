"""The curve of time over size, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from tests.benchmarks.scale import Measured


def draw(measured: Sequence[Measured], path: Path) -> None:
    """Write a PNG with the median and the 99th percentile of the time a question over the number of phrasings."""
    figure = Figure(figsize=(8, 5), dpi=144, layout="constrained")
    axes = figure.add_subplot()
    sizes = [one.phrasings for one in measured]
    for name, times, colour in (
        ("median", [one.median * 1000 for one in measured], "#1f5f99"),
        ("99 of 100", [one.p99 * 1000 for one in measured], "#c46a1b"),
    ):
        axes.plot(sizes, times, marker="o", color=colour, label=name)
        for size, milliseconds in zip(sizes, times, strict=True):
            axes.annotate(f"{milliseconds:.1f}", (size, milliseconds), (0, 7), textcoords="offset points", ha="center")
    axes.set(xscale="log", yscale="log", xlabel="phrasings", ylabel="milliseconds a question")
    axes.set_title("Time a question without the semantic feature")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda milliseconds, _: f"{milliseconds:g}"))
    axes.grid(which="major", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path)
