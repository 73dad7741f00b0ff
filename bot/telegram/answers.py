"""A memory of the bot's own answers: what they show, which messages they are made of, whose question they answer."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from bot.answers.reply import Reply
from bot.telegram.recent import Clock, Memory
from bot.telegram.send import Place

KEPT = 48 * 3600.0
"""Seconds; as long as Telegram lets people edit what they wrote."""
REPEATED_AFTER = 60.0
"""Seconds after which a group gets the same answer again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was answered."""

    text: str
    """What was asked."""
    messages: tuple[int, ...]
    """The messages of the answer, in order."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """One of the bot's own answers."""

    content: Hashable
    """What it says and where; None for what may be said twice."""
    messages: tuple[int, ...]


class Answers:
    """Remembers answers by their question, by their content, and by their last message, which has the buttons."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """`clock` gives seconds."""
        self.questions: Memory[tuple[int, int], Answered] = Memory(KEPT, clock=clock)
        """By chat and message of the question."""
        self._shown: Memory[tuple[int, int], _Shown] = Memory(KEPT, clock=clock)
        self._first: Memory[Hashable, int] = Memory(REPEATED_AFTER, clock=clock)

    def note(self, place: Place, reply: Reply, messages: Sequence[int]) -> None:
        """Note that these messages show `reply`."""
        content = _content(place, reply)
        self._shown.put((place.chat, messages[-1]), _Shown(content, tuple(messages)))
        if self.first(place, reply) is None:
            self._first.put(content, messages[-1])

    def group(self, chat: int, messages: Sequence[int]) -> None:
        """Note that these messages are one answer, which may be given twice."""
        self._shown.put((chat, messages[-1]), _Shown(None, tuple(messages)))

    def first(self, place: Place, reply: Reply) -> int | None:
        """Return the message that began to answer just that there a moment ago, if it still stands."""
        content = _content(place, reply)
        last = self._first.get(content)
        shown = self._shown.get((place.chat, last)) if last is not None else None
        return shown.messages[0] if shown is not None and shown.content == content else None

    def messages(self, chat: int, last: int) -> tuple[int, ...]:
        """Return all the messages of the answer that ends with message `last`."""
        shown = self._shown.get((chat, last))
        return shown.messages if shown is not None else (last,)

    def forget(self, chat: int, last: int) -> None:
        """Note that the answer that ended with message `last` is gone."""
        self._shown.forget((chat, last))


def _content(place: Place, reply: Reply) -> Hashable:
    keys = tuple(scored.entry.key for scored in reply.answers)
    return place.chat, place.thread, reply.language, reply.focus, keys
