"""What statistics are made of: plain figures, which can be handed to another process as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class ChatFigures:
    """The chats of one kind."""

    kind: str
    """private, group or supergroup."""
    chats: int
    """How many of them asked."""
    asked: int
    """What they asked in all."""
    busiest: int
    """What the busiest of them asked."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What happened within some days."""

    first: int
    """The first day, in whole days since 1970, by the clocks of `zone`."""
    days: int
    """How many days, the last one is today."""
    statuses: Mapping[str, int]
    """How many typed questions went which way."""
    daily: Mapping[tuple[int, str], int]
    """The same by day and way."""
    people: int
    """How many asked."""
    votes: Mapping[str, int]
    """How many votes of each kind."""
    top: Sequence[tuple[str, int]]
    """Keys of the entries that were shown most, and how often."""
    chats: Sequence[ChatFigures]
    """By kind, the one that asked most first."""
    p50: float | None
    """Milliseconds within which half of the answers were found; None where nothing was asked."""
    p95: float | None
    """Milliseconds within which 95 of 100 answers were found."""
    zone: str = "UTC"
    """The time zone whose days these are."""

    @property
    def asked(self) -> int:
        """Return how many questions were typed."""
        return sum(self.statuses.values())


def to_json(found: Statistics) -> bytes:
    """Return statistics as JSON."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    values["daily"] = [[day, way, count] for (day, way), count in found.daily.items()]
    values["chats"] = [asdict(one) for one in found.chats]
    return json.dumps(values).encode()


def from_json(data: bytes) -> Statistics:
    """Return the statistics that `to_json` was given."""
    values = json.loads(data)
    values["daily"] = {(day, way): count for day, way, count in values["daily"]}
    values["top"] = [(key, count) for key, count in values["top"]]
    values["chats"] = [ChatFigures(**one) for one in values["chats"]]
    return Statistics(**values)
