"""The topic of each conversation, remembered for ten minutes, so that "and nuclear?" or "why?" can be understood."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.matching import AnswerContext, Decision

CONVERSATION_SECONDS = 600.0
"""Seconds after which a new message is no follow-up any more; the database keeps topics as long."""
MAX_CONVERSATIONS = 10_000
"""Conversations in memory; beyond that, the least recently used is dropped."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a conversation is about, in a form that can be written down."""

    entries: tuple[str, ...]
    """Keys of the entries that were answered last."""
    shown: frozenset[str]
    """Keys of all entries shown so far."""
    at: float
    """When, in the seconds of the clock."""


class Conversations:
    """Remembers the last answered entries of each conversation, in memory, for a while."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._last: OrderedDict[str, tuple[float, AnswerContext]] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, conversation: str | None) -> AnswerContext | None:
        """Return what was last answered there, or None where that is unknown or too long ago."""
        if conversation is None:
            return None
        with self._lock:
            at, before = self._last.get(conversation, (0.0, None))
        return before if before is not None and self._clock() - at <= CONVERSATION_SECONDS else None

    def remember(self, conversation: str | None, decision: Decision) -> None:
        """Note what was decided; where nothing is answered, the topic stays as it was."""
        if conversation is None or decision.status != "answered":
            return
        entries = tuple(scored.entry for scored in decision.answers)
        with self._lock:
            _, before = self._last.get(conversation, (0.0, None))
            shown = (before.shown if before is not None else frozenset()) | {entry.key for entry in entries}
            self._put(conversation, self._clock(), AnswerContext(entries, shown))

    def set_context(self, conversation: str | None, before: AnswerContext) -> None:
        """Replace the topic: somebody replied to an older answer, or to one that another person got."""
        if conversation is None:
            return
        with self._lock:
            self._put(conversation, self._clock(), before)

    def topic(self, conversation: str) -> Topic | None:
        """Return what a conversation is about, for `resume` elsewhere."""
        with self._lock:
            at, before = self._last.get(conversation, (0.0, None))
        return None if before is None else Topic(tuple(entry.key for entry in before.entries), before.shown, at)

    def resume(self, conversation: str, topic: Topic, knowledge: Knowledge) -> None:
        """Go on with a topic, unless a newer one is known; entries that are gone are left out."""
        entries = tuple(knowledge.by_key[key] for key in topic.entries if key in knowledge.by_key)
        with self._lock:
            at, _ = self._last.get(conversation, (float("-inf"), None))
            if entries and topic.at > at:
                self._put(conversation, topic.at, AnswerContext(entries, topic.shown))

    def forget(self, conversation: str) -> None:
        """Drop what is remembered of a conversation."""
        with self._lock:
            self._last.pop(conversation, None)

    def _put(self, conversation: str, at: float, before: AnswerContext) -> None:
        self._last[conversation] = (at, before)
        self._last.move_to_end(conversation)
        while len(self._last) > MAX_CONVERSATIONS:
            self._last.popitem(last=False)
