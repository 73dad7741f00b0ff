"""What was last talked about, so that "and nuclear?" or "why?" can be understood."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from bot.answers.reply import Reply
from bot.matching.model import Before

LASTS = 600.0
"""Seconds after which a new message is no follow-up any more."""
MOST = 10_000
"""Conversations kept; the one that was silent longest goes first."""


class Conversations:
    """Remembers the last answered entries of each conversation, in memory, for a while."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._last: OrderedDict[str, tuple[float, Before]] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, conversation: str | None) -> Before | None:
        """Return what was last answered there, or None where that is unknown or too long ago."""
        if conversation is None:
            return None
        with self._lock:
            at, before = self._last.get(conversation, (0.0, None))
        return before if before is not None and self._clock() - at <= LASTS else None

    def remember(self, conversation: str | None, reply: Reply) -> None:
        """Note a reply; one without an answer leaves the topic as it was."""
        if conversation is None or reply.status != "answered":
            return
        entries = tuple(scored.entry for scored in reply.answers)
        with self._lock:
            _, before = self._last.get(conversation, (0.0, None))
            shown = (before.shown if before is not None else frozenset()) | {entry.key for entry in entries}
            self._last[conversation] = (self._clock(), Before(entries, shown))
            self._last.move_to_end(conversation)
            while len(self._last) > MOST:
                self._last.popitem(last=False)

    def forget(self, conversation: str) -> None:
        """Drop what is remembered of a conversation."""
        with self._lock:
            self._last.pop(conversation, None)
