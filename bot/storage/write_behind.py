"""What replicas remember together: topics of conversations, limits, and which messages answer which."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, Table, bindparam, delete, or_, select

from bot.matching.results import Status
from bot.storage import history
from bot.storage.database import Database, Upsert
from bot.storage.history import Exchange
from bot.storage.schema import ANSWERS, CONVERSATIONS, HISTORY, LIMITS


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """What a conversation is about."""

    conversation: int
    """Number of the conversation."""
    chat: int
    """Number of its chat."""
    entries: tuple[str, ...]
    """Keys of the entries that were shown last."""
    shown: frozenset[str]
    """Keys of all entries shown so far."""
    at: float
    """When, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """How much somebody may still ask."""

    who: int
    """Number of the person or the group."""
    tokens: float
    """Requests left."""
    notified: bool
    """Whether the limit was told."""
    at: float
    """When that was so, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class SentAnswerRow:
    """An answer that was given."""

    chat: int
    """Number of the chat."""
    last: int
    """Its last message, which has the buttons."""
    messages: tuple[int, ...]
    """All of its messages, in order."""
    content: int | None
    """Number of what it shows and where; None for what may be said twice."""
    question: int | None
    """The message that asked; None where a button did."""
    asked: int | None
    """Number of that message's words."""
    at: float
    """When, in seconds since 1970."""
    entries: tuple[str, ...] = ()
    """Keys of the entries that it shows, or only offers."""
    status: Status | None = None
    """How it went; None where that isn't known."""
    exchange: int | None = None
    """Id of the exchange in which it was given; None where nothing was asked in words."""


Record: TypeAlias = ConversationRow | LimitRow | SentAnswerRow | Exchange
PRIMARY_KEYS: Mapping[Table, tuple[str, ...]] = {
    HISTORY: ("id",),
    CONVERSATIONS: ("conversation",),
    LIMITS: ("who",),
    ANSWERS: ("chat", "last"),
}
"""What tells the rows of each table apart."""
_Key: TypeAlias = tuple[Table, tuple[int, ...]]
Records: TypeAlias = Mapping[_Key, Record | None]
"""By what they are about; None for what is to be forgotten."""


class WriteBehindStore:
    """Collects records, which are written down with the ends of updates, and looks up answers."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing to write down."""
        self._database = database
        self._pending: dict[_Key, Record | None] = {}
        self._urgent: set[_Key] = set()
        self._upserts = {table: database.compiled(_upsert(database, table)) for table in PRIMARY_KEYS}

    def put(self, record: Record) -> None:
        """Remember something, in the place of what was noted about the same thing."""
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

    def delete(self, chat: int, last: int) -> None:
        """Forget the answer that ended with message `last`."""
        self._pending[ANSWERS, (chat, last)] = None

    def pending(self, *, urgent_only: bool = False) -> Records:
        """Return what is still to be written down; where only the `urgent_only` is, what people may vote on."""
        if not urgent_only:
            return dict(self._pending)
        return {key: self._pending[key] for key in self._urgent}

    def write(self, connection: Connection, records: Records) -> None:
        """Write records down; the caller says `written` once that is certain."""
        for table, rows in rows_of(records).items():
            self._upserts[table].execute_many(connection, rows)
        for (table, key), record in records.items():
            if record is None:
                same = (table.c[name] == value for name, value in zip(PRIMARY_KEYS[table], key, strict=True))
                connection.execute(delete(table).where(*same))

    def mark_written(self, records: Records) -> None:
        """Record that these are written down; what has changed since stays to be written."""
        for key, record in records.items():
            if key in self._pending and self._pending[key] is record:
                del self._pending[key]
                self._urgent.discard(key)

    async def answer_to(self, chat: int, question: int) -> SentAnswerRow | None:
        """Look up the latest answer to a message; raises StorageError."""
        return await self._latest(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.question == question))

    async def answer_ending(self, chat: int, last: int) -> SentAnswerRow | None:
        """Look up the answer that ends with a message; raises StorageError."""
        return await self._latest(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.last == last))

    async def answer_with(self, chat: int, message: int) -> SentAnswerRow | None:
        """Look up the latest answer that a message is a part of, or the question of; raises StorageError."""
        holds = or_(ANSWERS.c.question == message, ANSWERS.c.messages.contains(str(message)))
        found = await self._answers(select(ANSWERS).where(ANSWERS.c.chat == chat, holds))
        return next((given for given in found if message in {given.question, *given.messages}), None)

    async def answer_showing(self, chat: int, content: int, since: float) -> SentAnswerRow | None:
        """Look up the latest answer that shows something in a chat, not older than `since`; raises StorageError."""
        same = (ANSWERS.c.chat == chat, ANSWERS.c.content == content, ANSWERS.c.at >= since)
        return await self._latest(select(ANSWERS).where(*same))

    async def _latest(self, query: Select[Any]) -> SentAnswerRow | None:
        return next(iter(await self._answers(query.limit(1))), None)

    async def _answers(self, query: Select[Any]) -> list[SentAnswerRow]:
        """Return what a query finds, the latest first, as it stands after what is still to be written down."""
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(ANSWERS.c.at.desc()))).mappings().all()
        lists = ("messages", "entries")
        found = [
            SentAnswerRow(**{**row, **{name: tuple(json.loads(row[name] or "[]")) for name in lists}}) for row in rows
        ]
        newest = (self._pending.get((ANSWERS, (given.chat, given.last)), given) for given in found)
        return [given for given in newest if isinstance(given, SentAnswerRow)]


def rows_of(records: Records) -> Mapping[Table, Sequence[dict[str, Any]]]:
    """Return the rows that records are kept as."""
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in PRIMARY_KEYS}
    for (table, _), record in records.items():
        if record is not None:
            rows[table].append(_row(record))
    return rows


def _upsert(database: Database, table: Table) -> Upsert:
    """Return what puts a row into a table, in the place of one with the same key."""
    insert, keys = (
        database.insert(table).values({column.name: bindparam(column.name) for column in table.c}),
        PRIMARY_KEYS[table],
    )
    rest = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=rest)


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
