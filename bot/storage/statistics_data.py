"""The result of `statistics`, without any database: plain figures, which go to another process as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class ChatFigures:
    """Figures about the chats of one kind."""

    kind: str
    """private, group or supergroup."""
    chats: int
    """Number of chats in which something was asked."""
    asked: int
    """Number of questions in all of them."""
    busiest: int
    """Number of questions in the busiest of them."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was asked, and how it went, within some days."""

    first: int
    """The first day, in days since 1970, in the time zone `zone`."""
    days: int
    """Number of days; the last one is today."""
    statuses: Mapping[str, int]
    """Number of typed questions by status."""
    daily: Mapping[tuple[int, str], int]
    """The same by day (in days since 1970) and status."""
    people: int
    """Number of different people who asked."""
    votes: Mapping[str, int]
    """Number of votes of each kind."""
    top: Sequence[tuple[str, int]]
    """Keys of the entries that were shown most, and how often."""
    chats: Sequence[ChatFigures]
    """Chats by kind, the kind in which most was asked first."""
    p50: float | None
    """Milliseconds within which half of the answers were found; None where nothing was asked."""
    p95: float | None
    """Milliseconds within which 95 of 100 answers were found."""
    zone: str = "UTC"
    """Name of the time zone whose days these are."""

    @property
    def asked(self) -> int:
        """Number of typed questions."""
        return sum(self.statuses.values())


def to_json(found: Statistics) -> bytes:
    """Return statistics as JSON."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    values["daily"] = [[day, status, count] for (day, status), count in found.daily.items()]
    values["chats"] = [asdict(chat) for chat in found.chats]
    return json.dumps(values).encode()


def from_json(data: bytes) -> Statistics:
    """Return the statistics that `to_json` was given."""
    values = json.loads(data)
    values["daily"] = {(day, status): count for day, status, count in values["daily"]}
    values["top"] = [(key, count) for key, count in values["top"]]
    values["chats"] = [ChatFigures(**chat) for chat in values["chats"]]
    return Statistics(**values)
