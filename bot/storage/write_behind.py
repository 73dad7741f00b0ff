"""The write-behind store: shared state, collected in memory and written with the completion of an update.

It holds what conversations are about, rate limits, sent answers and the history of questions.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import RowMapping, Select, Table, or_, select

from bot.matching.results import Status
from bot.storage import history
from bot.storage.database import Database
from bot.storage.history import Exchange, Forgotten
from bot.storage.schema import ANSWERS, CONVERSATIONS, HISTORY, LIMITS


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A row of `conversations`: what a conversation is about."""

    conversation: int
    """Pseudonym of the conversation (one sender in one topic of one chat)."""
    chat: int
    """Pseudonym of its chat."""
    entries: tuple[str, ...]
    """Keys of the entries that were shown last."""
    shown: frozenset[str]
    """Keys of all entries shown so far."""
    at: float
    """When, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A row of `limits`: the token bucket of a person or a group."""

    who: int
    """Pseudonym of the person or the group."""
    tokens: float
    """Requests that the bucket allows at `at`."""
    notified: bool
    """Whether the sender was notified that the limit is reached."""
    at: float
    """When `tokens` was computed, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class SentAnswerRow:
    """A row of `answers`: an answer that was sent, by which edits of its question and replies to it are understood."""

    chat: int
    """Pseudonym of the chat."""
    last: int
    """Id of its last message, which carries the buttons."""
    messages: tuple[int, ...]
    """Ids of all of its messages, in order."""
    content: int | None
    """Hash of what it shows and of its destination, to detect repetitions; None for what may be repeated."""
    question: int | None
    """Id of the message that asked; None where a button was pressed."""
    asked: int | None
    """Hash of the text of that message; None where a button was pressed."""
    at: float
    """When, in seconds since 1970."""
    entries: tuple[str, ...] = ()
    """Keys of the entries that it shows or suggests."""
    status: Status | None = None
    """Status of the answer; None where a version of the bot wrote it that didn't store it."""
    exchange: int | None = None
    """Id of its exchange in the history; None where nothing was asked in words."""


Record: TypeAlias = ConversationRow | LimitRow | SentAnswerRow | Exchange
TABLES = (HISTORY, CONVERSATIONS, LIMITS, ANSWERS)
"""The tables that the store writes."""
_Key: TypeAlias = tuple[Table, tuple[int, ...]]
Records: TypeAlias = Mapping[_Key, Record | None]
"""Records by table and primary key; None marks a sent answer that is to be deleted."""


class WriteBehindStore:
    """Collects records until they are written, and looks up sent answers, unwritten ones included."""

    def __init__(self, database: Database) -> None:
        """Start without pending records."""
        self._database = database
        self._pending: dict[_Key, Record | None] = {}
        self._urgent: set[_Key] = set()
        self.writing = asyncio.Lock()
        """Held while pending records are written, from choosing them until they are marked as written."""

    def put(self, record: Record) -> None:
        """Add a record; it replaces a pending one with the same primary key."""
        match record:
            case ConversationRow():
                self._pending[CONVERSATIONS, (record.conversation,)] = record
            case LimitRow():
                self._pending[LIMITS, (record.who,)] = record
            case SentAnswerRow():
                self._pending[ANSWERS, (record.chat, record.last)] = record
            case Exchange():
                self._pending[HISTORY, (record.id,)] = record
                self._urgent.add((HISTORY, (record.id,)))

    def delete_answer(self, chat: int, last: int) -> None:
        """Delete the answer whose last message is `last`, with the next write."""
        self._pending[ANSWERS, (chat, last)] = None

    def pending(self, *, urgent_only: bool = False) -> Records:
        """Return the records still to be written; `urgent_only`: just the exchanges, which can be voted on."""
        if not urgent_only:
            return dict(self._pending)
        return {key: self._pending[key] for key in self._urgent}

    def mark_written(self, records: Records) -> None:
        """Forget records that were committed, except those replaced since, which stay pending."""
        for key, record in records.items():
            if key in self._pending and self._pending[key] is record:
                del self._pending[key]
                self._urgent.discard(key)

    async def forget(self, person: int, own_chat: int, conversation: int) -> Forgotten:
        """Delete what is stored, or still to be stored, about a person (see `history.forget`); raises StorageError."""
        async with self.writing:  # else a write that is under way would store again what is deleted here
            theirs = {person, own_chat, conversation}
            dropped = [key for key, record in self._pending.items() if _owners(key, record) & theirs]
            questions = sum(isinstance(self._pending[key], Exchange) for key in dropped)
            for key in dropped:
                del self._pending[key]
                self._urgent.discard(key)
            deleted = await history.forget(self._database, person, own_chat, conversation)
        return replace(deleted, questions=deleted.questions + questions)

    async def answer_to(self, chat: int, question: int) -> SentAnswerRow | None:
        """Return the latest answer to the message `question`; raises StorageError."""
        return await self._latest(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.question == question))

    async def answer_ending_with(self, chat: int, last: int) -> SentAnswerRow | None:
        """Return the answer whose last message is `last`; raises StorageError."""
        return await self._latest(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.last == last))

    async def answer_containing(self, chat: int, message: int) -> SentAnswerRow | None:
        """Return the latest answer that `message` is a part of, or the question of; raises StorageError."""
        holds = or_(ANSWERS.c.question == message, ANSWERS.c.messages.contains(str(message)))
        found = await self._answers(select(ANSWERS).where(ANSWERS.c.chat == chat, holds))
        return next((answer for answer in found if message in {answer.question, *answer.messages}), None)

    async def answer_showing(self, chat: int, content: int, since: float) -> SentAnswerRow | None:
        """Return the latest answer in a chat with this content hash, sent at `since` or later; raises StorageError."""
        same = (ANSWERS.c.chat == chat, ANSWERS.c.content == content, ANSWERS.c.at >= since)
        return await self._latest(select(ANSWERS).where(*same))

    async def _latest(self, query: Select[Any]) -> SentAnswerRow | None:
        return next(iter(await self._answers(query.limit(1))), None)

    async def _answers(self, query: Select[Any]) -> list[SentAnswerRow]:
        """Return the answers that a query finds, the latest first, with pending changes applied."""
        latest_first = query.order_by(ANSWERS.c.at.desc())
        rows = await self._database.read(lambda connection: connection.execute(latest_first).mappings().all())
        newest = (self._pending.get((ANSWERS, (row["chat"], row["last"])), _sent_answer(row)) for row in rows)
        return [answer for answer in newest if isinstance(answer, SentAnswerRow)]


def _owners(key: _Key, record: Record | None) -> set[int | None]:
    """Return the pseudonyms of the person, chat and conversation with which a record is to be forgotten."""
    match record:
        case Exchange():
            return {record.asker}
        case ConversationRow():
            return {record.chat, record.conversation}
        case LimitRow():
            return set()  # else whoever is refused could begin anew
    return {key[1][0]}  # the chat of a sent answer, perhaps of one that is to be deleted


def rows_of(records: Records) -> Mapping[Table, Sequence[dict[str, Any]]]:
    """Return the rows to upsert for records, by table; deletions are left out."""
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for (table, _), record in records.items():
        if record is not None:
            rows[table].append(_row(record))
    return rows


def deleted_answers(records: Records) -> list[dict[str, int]]:
    """Return chat and last message of the sent answers to delete."""
    return [{"of_chat": key[0], "last_message": key[1]} for (_, key), record in records.items() if record is None]


def _sent_answer(row: RowMapping) -> SentAnswerRow:
    lists = {name: tuple(json.loads(row[name] or "[]")) for name in ("messages", "entries")}
    return SentAnswerRow(**{**row, **lists})


def _row(record: Record) -> dict[str, Any]:
    match record:
        case ConversationRow():
            lists = {"entries": json.dumps(record.entries), "shown": json.dumps(sorted(record.shown))}
            return {"conversation": record.conversation, "chat": record.chat, "at": record.at} | lists
        case LimitRow():
            return {"who": record.who, "tokens": record.tokens, "told": record.notified, "at": record.at}
        case SentAnswerRow():
            return {
                "chat": record.chat,
                "last": record.last,
                "messages": json.dumps(record.messages),
                "content": record.content,
                "question": record.question,
                "asked": record.asked,
                "at": record.at,
                "entries": json.dumps(record.entries),
                "status": record.status,
                "exchange": record.exchange,
            }
        case Exchange():
            return history.to_row(record)
