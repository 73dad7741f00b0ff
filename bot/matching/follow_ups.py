"""Messages that ask for the last answer again, or for the next one."""

from __future__ import annotations

from bot.knowledge import Entry
from bot.matching.context_features import related_either_way
from bot.matching.dialogue_patterns import FollowUp
from bot.matching.engine import Engine
from bot.matching.results import AnswerContext

FOLLOW_UP_PROBABILITY = 0.9
"""Probability that "the exact words?" or "the third one?" is about the entry that was just shown."""


def same_again(follow_up: FollowUp, before: AnswerContext) -> tuple[Entry, int | None] | None:
    """Return the entry that was just shown, where that is what is asked for again, and the point asked for."""
    entry = before.entries[0]
    if follow_up.kind == "wording":
        return entry, before.point
    if follow_up.kind == "detail":
        return entry, None
    if follow_up.kind == "item" and follow_up.place is not None:
        place = follow_up.place if follow_up.place >= 0 else len(entry.points) - 1
        return entry, place if place < len(entry.points) else None
    return None


def picked(follow_up: FollowUp | None, before: AnswerContext) -> Entry | None:
    """Return the entry that a message picks from those offered, or None where it picks none."""
    if follow_up is None or follow_up.kind != "item" or follow_up.place is None:
        return None
    return next(iter(before.entries[follow_up.place :]), None)


def next_entry(engine: Engine, before: AnswerContext) -> Entry | None:
    """Return a related entry that hasn't been shown in this conversation."""
    return next(
        (entry for entry in related_either_way(engine, before.entries[0]) if entry.key not in before.shown), None
    )
