"""How much one person and one group may ask: token buckets; pure but for the clock that they are given."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.telegram.chats.recent import BoundedMemory, Clock

Who: TypeAlias = tuple[Literal["person", "group"], int]
"""Whose requests are counted, by kind and id."""
Verdict: TypeAlias = Literal["admitted", "first refused", "refused"]

PERSON = 15
"""Requests that a person may make at once; as many come back in a minute."""
GROUP = 20
"""Requests that a group's members may make at once; Telegram lets a bot write as many messages to it a minute."""
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was left of somebody's requests at a time."""

    tokens: float
    """Requests left, in parts of one."""
    at: float
    """The time, in the seconds of the clock."""
    told: bool
    """Whether the limit was told since the bucket was last half full."""


class Buckets:
    """A bucket a key, each of `size` requests, which come back evenly within a minute."""

    def __init__(self, size: int, clock: Clock = time.time) -> None:
        """`clock` gives seconds."""
        self._size = size
        self._clock = clock
        self._buckets: BoundedMemory[Hashable, Bucket] = BoundedMemory(MINUTE, clock=clock)

    def take(self, key: Hashable, made: float | None = None) -> Verdict:
        """Take a request out of the bucket of `key`; the first one refused is told apart from those behind it.

        `made` is when the request was made, None for now: what had to wait for the bot wasn't asked any faster for it.
        """
        now = self._clock()
        now = now if made is None else min(now, made)
        bucket = self._buckets.get(key) or Bucket(self._size, now, told=False)
        tokens = min(self._size, bucket.tokens + max(0.0, now - bucket.at) * self._size / MINUTE)
        told = bucket.told and tokens < self._size / 2
        admitted = tokens >= 1
        self._buckets.put(key, Bucket(tokens - 1 if admitted else tokens, now, told or not admitted))
        if admitted:
            return "admitted"
        return "refused" if told else "first refused"

    def get(self, key: Hashable) -> Bucket | None:
        """Return what was left after the last request."""
        return self._buckets.get(key)

    def put(self, key: Hashable, bucket: Bucket) -> None:
        """Go on with what was left elsewhere, unless something newer is known; of the same moment, the least counts."""
        known = self._buckets.get(key)
        if known is None or (known.at, -known.tokens) < (bucket.at, -bucket.tokens):
            self._buckets.put(key, bucket)


class Limits:
    """The limits of persons and of groups together."""

    def __init__(self, clock: Clock = time.time) -> None:
        """`clock` gives seconds."""
        self._persons = Buckets(PERSON, clock)
        self._groups = Buckets(GROUP, clock)

    def take(self, person: int | None, group: int | None, made: float | None = None) -> Verdict:
        """Count a request of a person, in a group or (None) in private, that was `made` then; None for now."""
        verdict: Verdict = "admitted" if person is None else self._persons.take(person, made)
        return self._groups.take(group, made) if verdict == "admitted" and group is not None else verdict

    @staticmethod
    def whose(person: int | None, group: int | None) -> Iterator[Who]:
        """Yield whose limits a request counts against."""
        if person is not None:
            yield "person", person
        if group is not None:
            yield "group", group

    def bucket(self, who: Who) -> Bucket | None:
        """Return what somebody has left."""
        return self._of(who).get(who[1])

    def restore(self, who: Who, bucket: Bucket) -> None:
        """Go on with what somebody had left elsewhere."""
        self._of(who).put(who[1], bucket)

    def _of(self, who: Who) -> Buckets:
        return self._persons if who[0] == "person" else self._groups
