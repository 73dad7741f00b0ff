"""The set of what was seen a moment ago."""

from __future__ import annotations

from bot.telegram.chats.recent_set import MAX_ENTRIES, RecentSet


def test_what_was_seen_counts_as_seen_until_it_expires_or_is_forgotten() -> None:
    now = 0.0
    recent = RecentSet(10, clock=lambda: now)

    assert [recent.seen("a"), recent.seen("a")] == [False, True]
    now = 9.9
    assert recent.seen("a") is True
    now = 10
    assert recent.seen("a") is False
    recent.forget("a")
    recent.forget("never seen")
    assert recent.seen("a") is False


def test_of_too_much_the_oldest_is_forgotten() -> None:
    recent = RecentSet(10, clock=lambda: 0.0)

    assert not any(recent.seen(number) for number in range(MAX_ENTRIES + 1))

    assert recent.seen(MAX_ENTRIES) is True
    assert recent.seen(1) is True
    assert recent.seen(0) is False
