"""The answers that were sent: what they show, of which messages they consist, and which message asked for them.

By these, an edited question is answered in the messages of its old answer, a reply to an answer is understood, a group
isn't shown the same twice, and all messages of an answer can be deleted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, replace

from cachetools import TTLCache

from bot.answers.reply import Reply, Scored
from bot.errors import StorageError
from bot.knowledge.model import Entry
from bot.matching.results import Status
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.write_behind import SentAnswerRow, WriteBehindStore
from bot.telegram.chats.recent_set import MAX_ENTRIES, Clock
from bot.telegram.client import Destination

LOG = logging.getLogger(__name__)

EDITABLE_SECONDS = 48 * 3600.0
"""How long Telegram lets people edit what they wrote, and so how long answers are cached."""
REPEAT_AFTER_SECONDS = 60.0
"""Time after which a group is shown the same answer again instead of a link to it."""


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """The answer to a question."""

    question_hash: int
    """Hash of the question's text (see `SentAnswers.question_hash`)."""
    messages: tuple[int, ...]
    """Ids of the messages of the answer, in order."""


class SentAnswers:
    """Finds sent answers by the message that asked, by content, and by any of their messages."""

    def __init__(self, pseudonyms: Pseudonyms, store: WriteBehindStore, clock: Clock = time.time) -> None:
        """`clock` gives seconds since 1970; `store` has what another replica, or a later process, looks up."""
        self._pseudonyms = pseudonyms
        self._store = store
        self._clock = clock
        # Keys are ids: of a chat and the answer's last message, a chat and the question, a chat and any message of
        # the answer (the value is the last one); the last cache is by content hash.
        self._by_last: TTLCache[tuple[int, int], SentAnswerRow] = TTLCache(MAX_ENTRIES, EDITABLE_SECONDS, clock)
        self._by_question: TTLCache[tuple[int, int], SentAnswerRow] = TTLCache(MAX_ENTRIES, EDITABLE_SECONDS, clock)
        self._last_of: TTLCache[tuple[int, int], int] = TTLCache(MAX_ENTRIES, EDITABLE_SECONDS, clock)
        self._first_shown: TTLCache[int, SentAnswerRow] = TTLCache(MAX_ENTRIES, REPEAT_AFTER_SECONDS, clock)

    def question_hash(self, text: str) -> int:
        """Return a keyed hash of a question's text, by which an edit of its formatting alone is recognised."""
        return self._pseudonyms.of_text("asked", text)

    async def record(self, destination: Destination, reply: Reply, messages: Sequence[int], exchange: int) -> None:
        """Record that these messages show `reply`, the outcome of an exchange."""
        content = self._content(destination, reply)
        former = await self._shown(destination.chat, content) if destination.group else None
        row = replace(self._new_row(destination.chat, messages), content=content, exchange=exchange)
        row = replace(row, status=reply.status, entries=_keys(reply.answers or reply.suggestions))
        self._put(destination.chat, row)
        if former is None:
            self._first_shown[content] = row

    def record_question(self, chat: int, question: int, text: str, messages: Sequence[int]) -> None:
        """Record that these messages answer the message `question`, which asked `text`."""
        row = self._by_last.get((chat, messages[-1])) or self._new_row(chat, messages)
        row = replace(row, messages=tuple(messages), question=question, asked=self.question_hash(text))
        self._put(chat, row)
        self._by_question[chat, question] = row

    def record_entries(
        self, chat: int, messages: Sequence[int], entries: Sequence[Entry], exchange: int | None = None
    ) -> None:
        """Record that these messages show entries, so that replies to them are understood.

        Where an `exchange` is given, they only offer the entries, to somebody who asked in that exchange.
        """
        row, keys = self._new_row(chat, messages), tuple(entry.key for entry in entries)
        status: Status = "suggested" if exchange is not None else "answered"
        self._put(chat, replace(row, entries=keys, status=status, exchange=exchange))

    async def about_message(self, chat: int, message: int) -> SentAnswerRow | None:
        """Return the answer that a message is a part of, or the question of; None where there is none."""
        last = self._last_of.get((chat, message))
        row = self._by_last.get((chat, last)) if last is not None else self._by_question.get((chat, message))
        if row is not None:
            return row
        pseudonym = self._pseudonyms.chat(chat)
        return await _find(self._store.answer_ending_with(pseudonym, message)) or await _find(
            self._store.answer_containing(pseudonym, message)
        )

    async def answer_to(self, chat: int, question: int) -> SentAnswer | None:
        """Return the answer to a message; None where there is none."""
        row = self._by_question.get((chat, question)) or await _find(
            self._store.answer_to(self._pseudonyms.chat(chat), question)
        )
        return None if row is None or row.asked is None else SentAnswer(row.asked, row.messages)

    async def first_message(self, destination: Destination, reply: Reply) -> int | None:
        """Return the first message of the same answer, if it was shown there a moment ago and still is."""
        row = await self._shown(destination.chat, self._content(destination, reply))
        return row.messages[0] if row is not None else None

    async def messages_of(self, chat: int, last: int) -> tuple[int, ...]:
        """Return all messages of the answer whose last one is `last`."""
        row = self._by_last.get((chat, last)) or await _find(
            self._store.answer_ending_with(self._pseudonyms.chat(chat), last)
        )
        return row.messages if row is not None else (last,)

    def forget(self, chat: int, last: int) -> None:
        """Drop the answer whose last message was `last`, because it is gone."""
        self._by_last.pop((chat, last), None)
        self._store.delete_answer(self._pseudonyms.chat(chat), last)

    async def _shown(self, chat: int, content: int) -> SentAnswerRow | None:
        """Return the answer that showed some content a moment ago, if it still shows it."""
        first = self._first_shown.get(content)
        if first is None:
            since = self._clock() - REPEAT_AFTER_SECONDS
            row = await _find(self._store.answer_showing(self._pseudonyms.chat(chat), content, since))
        else:
            row = self._by_last.get((chat, first.last))
        return row if row is not None and row.content == content else None

    def _new_row(self, chat: int, messages: Sequence[int]) -> SentAnswerRow:
        pseudonym = self._pseudonyms.chat(chat)
        return SentAnswerRow(pseudonym, messages[-1], tuple(messages), None, None, None, self._clock())

    def _put(self, chat: int, row: SentAnswerRow) -> None:
        self._by_last[chat, row.last] = row
        for message in row.messages:
            self._last_of[chat, message] = row.last
        self._store.put(row)

    def _content(self, destination: Destination, reply: Reply) -> int:
        """Return a hash of what a reply shows, and where."""
        where = (destination.chat, destination.thread)
        return self._pseudonyms.of("content", *where, reply.language, reply.focus, _keys(reply.answers))


def _keys(scored: Iterable[Scored]) -> tuple[str, ...]:
    return tuple(item.entry.key for item in scored)


async def _find(lookup: Awaitable[SentAnswerRow | None]) -> SentAnswerRow | None:
    """Return what a lookup finds; None also without the database, whose failure DatabaseHealth reports."""
    try:
        return await lookup
    except StorageError as error:
        LOG.debug("A sent answer can't be looked up: %s", error)
        return None
