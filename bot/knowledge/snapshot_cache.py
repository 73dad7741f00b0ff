"""The codec that caches verified knowledge on disk, so that a start needn't read and verify the files again."""

from __future__ import annotations

from functools import cache

import numpy as np
from pydantic import TypeAdapter

from bot.cache import Arrays, Codec
from bot.knowledge.model import Interview, Knowledge


def as_json(knowledge: Knowledge) -> bytes:
    """Return all that a snapshot contains; the same for equal ones."""
    return _adapter().dump_json(knowledge)


@cache
def _adapter() -> TypeAdapter[Knowledge]:
    return TypeAdapter(Knowledge)


def _to_arrays(knowledge: Knowledge) -> Arrays:
    return {"json": np.frombuffer(as_json(knowledge), np.uint8)}


def _from_arrays(arrays: Arrays) -> Knowledge:
    knowledge = _adapter().validate_json(arrays["json"].tobytes())
    if not all(map(_is_verbatim, knowledge.interviews)):
        raise ValueError("a quote isn't in the transcript")
    return knowledge


def _is_verbatim(interview: Interview) -> bool:
    return all(
        quote.text and quote.text == interview.transcript.slice(quote.span)
        for entry in interview.entries()
        for quote in entry.quotes
    )


KNOWLEDGE = Codec("knowledge", _to_arrays, _from_arrays)
