"""What replicas remember together: topics of conversations, limits, and which messages answer which."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Select, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.schema import ANSWERS, CONVERSATIONS, LIMITS


@dataclass(frozen=True, slots=True)
class Topic:
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
class Tokens:
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
class Given:
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


Note: TypeAlias = Topic | Tokens | Given
_KEYS: Mapping[Table, tuple[str, ...]] = {
    CONVERSATIONS: ("conversation",),
    LIMITS: ("who",),
    ANSWERS: ("chat", "last"),
}
_Key: TypeAlias = tuple[Table, tuple[int, ...]]
Notes: TypeAlias = Mapping[_Key, Note | None]
"""By what they are about; None for what is to be forgotten."""


class Memories:
    """Collects notes, which are written down with the clerk's next turn, and looks up what others noted."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing to write down."""
        self._database = database
        self._unwritten: dict[_Key, Note | None] = {}

    def note(self, note: Note) -> None:
        """Remember something, in the place of what was noted about the same thing."""
        match note:
            case Topic():
                self._unwritten[CONVERSATIONS, (note.conversation,)] = note
            case Tokens():
                self._unwritten[LIMITS, (note.who,)] = note
            case Given():
                self._unwritten[ANSWERS, (note.chat, note.last)] = note

    def forget(self, chat: int, last: int) -> None:
        """Forget the answer that ended with message `last`."""
        self._unwritten[ANSWERS, (chat, last)] = None

    def unwritten(self) -> Notes:
        """Return what is still to be written down."""
        return dict(self._unwritten)

    async def write(self, connection: AsyncConnection, notes: Notes) -> None:
        """Write notes down; the caller says `written` once that is certain."""
        for table, keys in _KEYS.items():
            rows = [_row(note) for (where, _), note in notes.items() if where is table and note is not None]
            if rows:
                insert = self._database.insert(table)
                rest = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
                await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=rest), rows)
        for (table, key), note in notes.items():
            if note is None:
                same = (table.c[name] == value for name, value in zip(_KEYS[table], key, strict=True))
                await connection.execute(delete(table).where(*same))

    def written(self, notes: Notes) -> None:
        """Note that these are written down; what has changed since stays to be written."""
        for key, note in notes.items():
            if key in self._unwritten and self._unwritten[key] is note:
                del self._unwritten[key]

    async def recall(self, conversation: int, who: list[int]) -> tuple[Topic | None, list[Tokens]]:
        """Look up a conversation and limits; raises StorageError."""
        async with self._database.read() as connection:
            topics = await connection.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.conversation == conversation))
            limits = await connection.execute(select(LIMITS).where(LIMITS.c.who.in_(who)))
            topic = topics.mappings().first()
            tokens = [Tokens(**row) for row in limits.mappings()]
        if topic is None:
            return None, tokens
        entries, shown = json.loads(topic["entries"]), json.loads(topic["shown"])
        return Topic(**{**topic, "entries": tuple(entries), "shown": frozenset(shown)}), tokens

    async def answer_to(self, chat: int, question: int) -> Given | None:
        """Look up the latest answer to a message; raises StorageError."""
        return await self._given(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.question == question))

    async def answer_ending(self, chat: int, last: int) -> Given | None:
        """Look up the answer that ends with a message; raises StorageError."""
        return await self._given(select(ANSWERS).where(ANSWERS.c.chat == chat, ANSWERS.c.last == last))

    async def answer_showing(self, chat: int, content: int, since: float) -> Given | None:
        """Look up the latest answer that shows something in a chat, not older than `since`; raises StorageError."""
        same = (ANSWERS.c.chat == chat, ANSWERS.c.content == content, ANSWERS.c.at >= since)
        return await self._given(select(ANSWERS).where(*same))

    async def _given(self, query: Select[Any]) -> Given | None:
        async with self._database.read() as connection:
            found = (await connection.execute(query.order_by(ANSWERS.c.at.desc()).limit(1))).mappings().first()
        if found is None:
            return None
        given = Given(**{**found, "messages": tuple(json.loads(found["messages"]))})
        newer = self._unwritten.get((ANSWERS, (given.chat, given.last)), given)
        return newer if isinstance(newer, Given) else None


def _row(note: Note) -> dict[str, Any]:
    match note:
        case Topic():
            lists = {"entries": json.dumps(note.entries), "shown": json.dumps(sorted(note.shown))}
            return {"conversation": note.conversation, "chat": note.chat, "at": note.at} | lists
        case Tokens():
            return {"who": note.who, "tokens": note.tokens, "told": note.told, "at": note.at}
        case Given():
            return {
                "chat": note.chat,
                "last": note.last,
                "messages": json.dumps(note.messages),
                "content": note.content,
                "question": note.question,
                "asked": note.asked,
                "at": note.at,
            }
