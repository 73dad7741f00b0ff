"""Rate limits: token buckets of people and groups."""

from __future__ import annotations

from bot.telegram.chats.rate_limits import GROUP_REQUESTS, Bucket, RateLimits, TokenBuckets
from tests.botapi import GROUP


def test_a_bucket_refills_evenly_and_tells_its_limit_once() -> None:
    now = 0.0
    buckets = TokenBuckets(4, lambda: now)

    assert [buckets.take("a") for _ in range(6)] == ["admitted"] * 4 + ["first refused", "refused"]
    assert buckets.take("b") == "admitted"
    now = 15.0
    assert [buckets.take("a") for _ in range(2)] == ["admitted", "refused"], "one came back; all was said"
    now = 50.0
    assert [buckets.take("a") for _ in range(3)] == ["admitted", "admitted", "first refused"]
    now = 500.0
    assert [buckets.take("a") for _ in range(5)] == ["admitted"] * 4 + ["first refused"], "never more than its size"


def test_a_clock_that_jumps_takes_nothing_from_anybody() -> None:
    now = 1000.0
    buckets = TokenBuckets(4, lambda: now)
    assert [buckets.take("a") for _ in range(2)] == ["admitted"] * 2

    now = 10.0
    assert [buckets.take("a") for _ in range(3)] == ["admitted", "admitted", "first refused"]
    now = 30.0
    assert buckets.take("a") == "admitted", "it goes on from the new time"


def test_what_had_to_wait_for_the_bot_was_not_asked_too_fast() -> None:
    buckets = TokenBuckets(4, lambda: 1000.0)

    assert {buckets.take("a", made) for made in range(0, 900, 15)} == {"admitted"}
    assert [buckets.take("b", 900.0) for _ in range(5)][-1] == "first refused"


def test_what_was_left_elsewhere_in_the_same_moment_counts() -> None:
    here, elsewhere = TokenBuckets(4, lambda: 1000.0), TokenBuckets(4, lambda: 1000.0)
    here.take("a")
    for _ in range(3):
        elsewhere.take("a")

    left = elsewhere.get("a")
    assert left is not None
    here.restore("a", left)
    here.restore("a", Bucket(4, 1000.0, notified=False))

    assert [here.take("a") for _ in range(2)] == ["admitted", "first refused"]


def test_a_group_has_a_limit_of_its_own() -> None:
    limits = RateLimits(lambda: 0.0)

    verdicts = [limits.take(person, GROUP.id) for person in range(GROUP_REQUESTS + 2)]

    assert verdicts == ["admitted"] * GROUP_REQUESTS + ["first refused", "refused"]
    assert limits.take(99, None) == "admitted"
