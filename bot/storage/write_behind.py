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
    told: bool
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


Note: TypeAlias = ConversationRow | LimitRow | SentAnswerRow | Exchange
KEYS: Mapping[Table, tuple[str, ...]] = {
    HISTORY: ("id",),
    CONVERSATIONS: ("conversation",),
    LIMITS: ("who",),
    ANSWERS: ("chat", "last"),
}
"""What tells the rows of each table apart."""
_Key: TypeAlias = tuple[Table, tuple[int, ...]]
Notes: TypeAlias = Mapping[_Key, Note | None]
"""By what they are about; None for what is to be forgotten."""


class WriteBehindStore:
    """Collects notes, which are written down with the ends of updates, and looks up answers."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing to write down."""
        self._database = database
        self._unwritten: dict[_Key, Note | None] = {}
        self._pressing: set[_Key] = set()
        self._upserts = {table: database.spelt(_upsert(database, table)) for table in KEYS}

    def note(self, note: Note) -> None:
        """Remember something, in the place of what was noted about the same thing."""
        match note:
            case ConversationRow():
                self._unwritten[CONVERSATIONS, (note.conversation,)] = note
            case LimitRow():
                self._unwritten[LIMITS, (note.who,)] = note
            case SentAnswerRow():
                self._unwritten[ANSWERS, (note.chat, note.last)] = note
            case Exchange():
                self._unwritten[HISTORY, (note.id,)] = note
                self._pressing.add((HISTORY, (note.id,)))

    def forget(self, chat: int, last: int) -> None:
        """Forget the answer that ended with message `last`."""
        self._unwritten[ANSWERS, (chat, last)] = None

    def unwritten(self, *, pressing: bool = False) -> Notes:
        """Return what is still to be written down; where only the `pressing` is, what people may vote on."""
        if not pressing:
            return dict(self._unwritten)
        return {key: self._unwritten[key] for key in self._pressing}

    def write(self, connection: Connection, notes: Notes) -> None:
        """Write notes down; the caller says `written` once that is certain."""
        for table, rows in rows_of(notes).items():
            self._upserts[table].run(connection, rows)
        for (table, key), note in notes.items():
            if note is None:
                same = (table.c[name] == value for name, value in zip(KEYS[table], key, strict=True))
                connection.execute(delete(table).where(*same))

    def written(self, notes: Notes) -> None:
        """Note that these are written down; what has changed since stays to be written."""
        for key, note in notes.items():
            if key in self._unwritten and self._unwritten[key] is note:
                del self._unwritten[key]
                self._pressing.discard(key)

    async def answer_to(self, chat: int, question: int) -> SentAnswerRow | None:
        """Look up the latest answer to a message; raises StorageError."""
        return await self._given(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.question == question))

    async def answer_ending(self, chat: int, last: int) -> SentAnswerRow | None:
        """Look up the answer that ends with a message; raises StorageError."""
        return await self._given(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.last == last))

    async def answer_with(self, chat: int, message: int) -> SentAnswerRow | None:
        """Look up the latest answer that a message is a part of, or the question of; raises StorageError."""
        holds = or_(ANSWERS.c.question == message, ANSWERS.c.messages.contains(str(message)))
        found = await self._all_given(select(ANSWERS).where(ANSWERS.c.chat == chat, holds))
        return next((given for given in found if message in {given.question, *given.messages}), None)

    async def answer_showing(self, chat: int, content: int, since: float) -> SentAnswerRow | None:
        """Look up the latest answer that shows something in a chat, not older than `since`; raises StorageError."""
        same = (ANSWERS.c.chat == chat, ANSWERS.c.content == content, ANSWERS.c.at >= since)
        return await self._given(select(ANSWERS).where(*same))

    async def _given(self, query: Select[Any]) -> SentAnswerRow | None:
        return next(iter(await self._all_given(query.limit(1))), None)

    async def _all_given(self, query: Select[Any]) -> list[SentAnswerRow]:
        """Return what a query finds, the latest first, as it stands after what is still to be written down."""
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(ANSWERS.c.at.desc()))).mappings().all()
        lists = ("messages", "entries")
        found = [
            SentAnswerRow(**{**row, **{name: tuple(json.loads(row[name] or "[]")) for name in lists}}) for row in rows
        ]
        newest = (self._unwritten.get((ANSWERS, (given.chat, given.last)), given) for given in found)
        return [given for given in newest if isinstance(given, SentAnswerRow)]


def rows_of(notes: Notes) -> Mapping[Table, Sequence[dict[str, Any]]]:
    """Return the rows that notes are kept as."""
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in KEYS}
    for (table, _), note in notes.items():
        if note is not None:
            rows[table].append(_row(note))
    return rows


def _upsert(database: Database, table: Table) -> Upsert:
    """Return what puts a row into a table, in the place of one with the same key."""
    insert, keys = (
        database.insert(table).values({column.name: bindparam(column.name) for column in table.c}),
        KEYS[table],
    )
    rest = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=rest)


def _row(note: Note) -> dict[str, Any]:
    match note:
        case ConversationRow():
            lists = {"entries": json.dumps(note.entries), "shown": json.dumps(sorted(note.shown))}
            return {"conversation": note.conversation, "chat": note.chat, "at": note.at} | lists
        case LimitRow():
            return {"who": note.who, "tokens": note.tokens, "told": note.told, "at": note.at}
        case SentAnswerRow():
            return {
                "chat": note.chat,
                "last": note.last,
                "messages": json.dumps(note.messages),
                "content": note.content,
                "question": note.question,
                "asked": note.asked,
                "at": note.at,
                "entries": json.dumps(note.entries),
                "status": note.status,
                "exchange": note.exchange,
            }
        case Exchange():
            return history.row(note)
