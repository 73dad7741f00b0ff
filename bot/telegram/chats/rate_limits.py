"""How many requests a person and a group may make: token buckets, pure but for the clock that they are given."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cachetools import TTLCache

from bot.telegram.chats.recent_set import MAX_ENTRIES, Clock

LimitKey: TypeAlias = tuple[Literal["person", "group"], int]
"""Whose requests are counted, by kind and id."""
RateLimitVerdict: TypeAlias = Literal["admitted", "first refused", "refused"]
"""Whether a request may be made; the first one refused is told apart, so that the sender is notified once."""

PERSON_REQUESTS = 15
"""Requests that a person may make at once; as many come back in a minute."""
GROUP_REQUESTS = 20
"""Requests that a group's members may make at once; Telegram lets a bot write as many messages a minute to a group."""
REFILL_SECONDS = 60.0
"""Time in which an empty bucket fills up again."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket at a time."""

    tokens: float
    """Requests left; fractions count towards the next one."""
    at: float
    """When `tokens` was computed, in the seconds of the clock."""
    notified: bool
    """Whether a refusal was reported to the sender since the bucket was last half full."""


class TokenBuckets:
    """A bucket of `size` requests for each key, which refills evenly within a minute."""

    def __init__(self, size: int, clock: Clock = time.time) -> None:
        """Start with all buckets full."""
        self._size = size
        self._clock = clock
        # One that nobody took from for so long is full again, and needn't be stored.
        self._buckets: TTLCache[Hashable, Bucket] = TTLCache(MAX_ENTRIES, REFILL_SECONDS, clock)

    def take(self, key: Hashable, sent_at: float | None = None) -> RateLimitVerdict:
        """Take a token out of the bucket of `key`, if there is one.

        `sent_at` is when the request was sent, in the seconds of the clock; None for now. So requests that had to wait
        for the bot count as spread out as they were sent.
        """
        now = self._clock()
        now = now if sent_at is None else min(now, sent_at)
        bucket = self._buckets.get(key) or Bucket(self._size, now, notified=False)
        tokens = min(self._size, bucket.tokens + max(0.0, now - bucket.at) * self._size / REFILL_SECONDS)
        notified = bucket.notified and tokens < self._size / 2
        admitted = tokens >= 1
        self._buckets[key] = Bucket(tokens - 1 if admitted else tokens, now, notified or not admitted)
        if admitted:
            return "admitted"
        return "refused" if notified else "first refused"

    def get(self, key: Hashable) -> Bucket | None:
        """Return the bucket of `key` after the last request; None for a full one."""
        return self._buckets.get(key)

    def restore(self, key: Hashable, bucket: Bucket) -> None:
        """Go on from a bucket that another process has stored, unless this one's is newer.

        Of two buckets of the same time, the emptier one counts.
        """
        known = self._buckets.get(key)
        if known is None or (known.at, -known.tokens) < (bucket.at, -bucket.tokens):
            self._buckets[key] = bucket


class RateLimits:
    """The rate limits of people and groups."""

    def __init__(self, clock: Clock = time.time) -> None:
        """Start with all buckets full."""
        self._people = TokenBuckets(PERSON_REQUESTS, clock)
        self._groups = TokenBuckets(GROUP_REQUESTS, clock)

    def take(self, person: int | None, group: int | None, sent_at: float | None = None) -> RateLimitVerdict:
        """Count a request of a person in a group, or (None) in private; `sent_at` as in `TokenBuckets.take`."""
        verdict: RateLimitVerdict = "admitted" if person is None else self._people.take(person, sent_at)
        return self._groups.take(group, sent_at) if verdict == "admitted" and group is not None else verdict

    def bucket(self, key: LimitKey) -> Bucket | None:
        """Return a bucket after its last request; None for a full one."""
        return self._of(key).get(key[1])

    def restore(self, key: LimitKey, bucket: Bucket) -> None:
        """Go on from a bucket that another process has stored, unless this one's is newer."""
        self._of(key).restore(key[1], bucket)

    def _of(self, key: LimitKey) -> TokenBuckets:
        return self._people if key[0] == "person" else self._groups


def limited_by(person: int | None, group: int | None) -> Iterator[LimitKey]:
    """Yield the keys of the buckets that a request is taken from."""
    if person is not None:
        yield "person", person
    if group is not None:
        yield "group", group
