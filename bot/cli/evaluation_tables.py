"""The figures of an evaluation, as tables for a terminal of 100 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.evaluation import Figures, FileFigures, ReliabilityBin, Shares

_NAME = 26
_SHARES = 26
"""Widths of the column of names, and of the three shares of one measure."""


def figure_tables(files: Sequence[FileFigures], together: Sequence[Figures]) -> Iterator[str]:
    """Yield the lines of a table of each file with its kinds, and of all together where there are several."""
    shares = f"{'hit@1':>8}{'resolved':>10}{'wrong':>8}"
    yield f"{'':<{_NAME + 6}}{'strict':>8}{'':<{_SHARES + 3}}{'by lines':>8}"
    yield f"{'questions':<{_NAME}}{'n':>6}{shares}{'abstained':>11}{shares}"
    for part in files:
        if len(files) > 1:
            yield from ("", part.file)
        for group in part.figures:
            yield _row(group.group, group)
            yield from (_row(f"  {kind.group}", kind) for kind in group.kinds)
    if len(files) > 1:
        yield from ("", f"all {len(files)} files")
        yield from (_row(group.group, group) for group in together)


def reliability_table(parts: Sequence[ReliabilityBin]) -> Iterator[str]:
    """Yield the lines of the table that sets the scores against what was right."""
    yield f"{'score':<12}{'n':>6}{'predicted':>11}{'observed':>10}"
    for part in parts:
        yield f"{part.low:.1f}-{part.high:<8.1f}{part.count:>6}{part.predicted:>11.2f}{part.observed:>10.2f}"


def _row(name: str, group: Figures) -> str:
    row = f"{name:<{_NAME}}{group.strict.count:>6}"
    if not group.answerable:  # false answers are the same by both measures
        return f"{row}{'':>18}{group.strict.wrong:>8.3f}{group.abstained:>11.3f}"
    by_lines = "" if group.by_lines is None else _shares(group.by_lines)
    return f"{row}{_shares(group.strict)}{group.abstained:>11.3f}{by_lines}"


def _shares(shares: Shares) -> str:
    return f"{shares.hit:>8.3f}{shares.resolved:>10.3f}{shares.wrong:>8.3f}"
