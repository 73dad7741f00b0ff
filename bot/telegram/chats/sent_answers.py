"""A memory of the bot's own answers: what they show, which messages they are made of, whose question they answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.answers.reply import Reply, Scored
from bot.errors import StorageError
from bot.knowledge.model import Entry
from bot.matching.results import Status
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.write_behind import SentAnswerRow, WriteBehindStore
from bot.telegram.chats.recent import BoundedMemory, Clock
from bot.telegram.client import Destination

LOG = logging.getLogger(__name__)

KEPT = 48 * 3600.0
"""Seconds; as long as Telegram lets people edit what they wrote."""
REPEATED_AFTER = 60.0
"""Seconds after which a group gets the same answer again."""


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """A question that was answered."""

    asked: int
    """Number of what was asked; the same words have the same."""
    messages: tuple[int, ...]
    """The messages of the answer, in order."""


class SentAnswers:
    """Remembers answers by their question, by their content, and by their last message, which has the buttons."""

    def __init__(self, names: Pseudonyms, memories: WriteBehindStore, clock: Clock = time.time) -> None:
        """`clock` gives seconds since 1970; `memories` keep what another replica, or a later process, asks for."""
        self._names = names
        self._memories = memories
        self._clock = clock
        self._given: BoundedMemory[tuple[int, int], SentAnswerRow] = BoundedMemory(KEPT, clock=clock)
        self._to: BoundedMemory[tuple[int, int], SentAnswerRow] = BoundedMemory(KEPT, clock=clock)
        self._last: BoundedMemory[tuple[int, int], int] = BoundedMemory(KEPT, clock=clock)
        self._first: BoundedMemory[int, SentAnswerRow] = BoundedMemory(REPEATED_AFTER, clock=clock)

    def of(self, words: str) -> int:
        """Return the number of what somebody asked."""
        return self._names.of_text("asked", words)

    async def note(self, place: Destination, reply: Reply, messages: Sequence[int], exchange: int) -> None:
        """Note that these messages show `reply`, the outcome of an exchange."""
        content = self._content(place, reply)
        before = await self._shown(place.chat, content) if place.group else None
        given = replace(self._given_now(place.chat, messages), content=content, exchange=exchange)
        given = replace(given, status=reply.status, entries=_keys(reply.answers or reply.suggestions))
        self._keep(place.chat, given)
        if before is None:
            self._first.put(content, given)

    def note_question(self, chat: int, question: int, words: str, messages: Sequence[int]) -> None:
        """Note that these messages answer a message that asked `words`."""
        given = self._given.get((chat, messages[-1])) or self._given_now(chat, messages)
        given = replace(given, messages=tuple(messages), question=question, asked=self.of(words))
        self._keep(chat, given)
        self._to.put((chat, question), given)

    def note_about(self, chat: int, messages: Sequence[int], entries: Sequence[Entry], exchange: int = 0) -> None:
        """Note that these messages are about entries, as one answer that may be given twice.

        Where an `exchange` is named, they only offer the entries to whoever asked something else in it.
        """
        given, keys = self._given_now(chat, messages), tuple(entry.key for entry in entries)
        status: Status = "suggested" if exchange else "answered"
        self._keep(chat, replace(given, entries=keys, status=status, exchange=exchange or None))

    async def with_message(self, chat: int, message: int) -> SentAnswerRow | None:
        """Return the answer that a message is a part of, or the question of; None where there is none."""
        last = self._last.get((chat, message))
        given = self._given.get((chat, last)) if last is not None else self._to.get((chat, message))
        if given is not None:
            return given
        numbered = self._chat(chat)
        return await _found(self._memories.answer_ending(numbered, message)) or await _found(
            self._memories.answer_with(numbered, message)
        )

    async def answered(self, chat: int, question: int) -> SentAnswer | None:
        """Return how a message was answered, or None where it wasn't."""
        given = self._to.get((chat, question)) or await _found(self._memories.answer_to(self._chat(chat), question))
        return None if given is None or given.asked is None else SentAnswer(given.asked, given.messages)

    async def first(self, place: Destination, reply: Reply) -> int | None:
        """Return the message that began to answer just that there a moment ago, if it still stands."""
        content = self._content(place, reply)
        given = await self._shown(place.chat, content)
        return given.messages[0] if given is not None else None

    async def messages(self, chat: int, last: int) -> tuple[int, ...]:
        """Return all the messages of the answer that ends with message `last`."""
        given = self._given.get((chat, last)) or await _found(self._memories.answer_ending(self._chat(chat), last))
        return given.messages if given is not None else (last,)

    def forget(self, chat: int, last: int) -> None:
        """Note that the answer that ended with message `last` is gone."""
        self._given.forget((chat, last))
        self._memories.delete(self._chat(chat), last)

    async def _shown(self, chat: int, content: int) -> SentAnswerRow | None:
        """Return the answer that first showed something a moment ago, if it still shows it."""
        first = self._first.get(content)
        if first is None:
            since = self._clock() - REPEATED_AFTER
            now = await _found(self._memories.answer_showing(self._chat(chat), content, since))
        else:
            now = self._given.get((chat, first.last))
        return now if now is not None and now.content == content else None

    def _given_now(self, chat: int, messages: Sequence[int]) -> SentAnswerRow:
        return SentAnswerRow(self._chat(chat), messages[-1], tuple(messages), None, None, None, self._clock())

    def _keep(self, chat: int, given: SentAnswerRow) -> None:
        self._given.put((chat, given.last), given)
        for message in given.messages:
            self._last.put((chat, message), given.last)
        self._memories.put(given)

    def _chat(self, chat: int) -> int:
        return self._names.of("chat", chat)

    def _content(self, place: Destination, reply: Reply) -> int:
        return self._names.of("content", place.chat, place.thread, reply.language, reply.focus, _keys(reply.answers))


def _keys(found: Iterable[Scored]) -> tuple[str, ...]:
    return tuple(scored.entry.key for scored in found)


async def _found(look_up: Awaitable[SentAnswerRow | None]) -> SentAnswerRow | None:
    """Do without what can't be looked up; the clerk says that the database is away."""
    try:
        return await look_up
    except StorageError as error:
        LOG.debug("An answer can't be looked up: %s", error)
        return None
