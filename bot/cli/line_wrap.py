"""Line breaks for Chinese mixed with English, in terminal cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_PIECE = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]+")
_NOT_FIRST = frozenset("，。、；：？！）」』”’】》〉…—～·,.;:?!)]}%")
_NOT_LAST = frozenset("（「『“‘【《〈([{")


def wrap(text: str, width: int) -> Iterator[str]:
    """Break one paragraph into lines of at most `width` cells.

    Chinese breaks between any two characters, though not before closing or after opening marks; English between words.
    """
    line, used = "", 0
    for piece in _pieces(text, width):
        if used + cell_len(piece) > width and line:
            yield line.rstrip()
            line, used = "", 0
        added = piece if line else piece.lstrip()
        line, used = line + added, used + cell_len(added)
    if line.strip():
        yield line.rstrip()


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield what stays together, cut where it is longer than a line."""
    pending = ""
    for piece in _PIECE.findall(text):
        if pending and not pending.isspace() and (piece[0] in _NOT_FIRST or pending[-1] in _NOT_LAST):
            pending += piece
            continue
        yield from chop_cells(pending, width)
        pending = piece
    yield from chop_cells(pending, width)
