"""What is looked up before an update is handled; of updates that come side by side, in one transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    CompoundSelect,
    Connection,
    Double,
    RowMapping,
    Select,
    Text,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from bot.knowledge.model import Language
from bot.storage.compiled_statement import CompiledStatement
from bot.storage.database import Database
from bot.storage.preferences import ChatSettings
from bot.storage.schema import CHATS, CONVERSATIONS, LIMITS, PEOPLE
from bot.storage.write_behind import ConversationRow, LimitRow

MOST = 64
"""Updates for which is looked up at once."""


@dataclass(frozen=True, slots=True)
class StateKeys:
    """Whose memories an update needs."""

    conversation: int
    """Number of the conversation."""
    limited: tuple[int, ...]
    """Numbers of the person and the group whose limits it counts against."""
    person: int | None
    """Number of whoever asks."""
    group: int | None
    """Number of the chat where it is a group."""


@dataclass(frozen=True, slots=True)
class LoadedState:
    """What was found."""

    topic: ConversationRow | None
    """What the conversation is about."""
    limits: tuple[LimitRow, ...]
    """How much may still be asked."""
    language: Language | None
    """What the person chose."""
    settings: ChatSettings
    """What is set for the group."""


class StateLoader:
    """Looks up what replicas, or a process and the next, remember together."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing asked for."""
        self._database = database
        self._statement = database.spelt(_statement(database))
        self._asked: list[tuple[StateKeys, asyncio.Future[LoadedState]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def of(self, wanted: StateKeys) -> LoadedState:
        """Look up what is wanted; raises StorageError."""
        answer: asyncio.Future[LoadedState] = asyncio.get_running_loop().create_future()
        self._asked.append((wanted, answer))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await answer

    async def _look(self) -> None:
        while self._asked:
            asked, self._asked = self._asked[:MOST], self._asked[MOST:]
            keys = _keys([wanted for wanted, _ in asked])
            parameters = {name: self._database.several(values) for name, values in keys.items()}
            try:
                rows = await self._database.look(partial(_find, statement=self._statement, parameters=parameters))
            except Exception as error:  # noqa: BLE001  # it is theirs who asked
                for _, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for wanted, answer in asked:
                if not answer.done():
                    answer.set_result(_recalled(wanted, rows))
        self._looking = None


def _find(connection: Connection, statement: CompiledStatement, parameters: Mapping[str, object]) -> _Rows:
    found = statement.rows(connection, parameters)
    return {(row["kind"], row["key"]): row for row in found}


def _keys(wanted: Sequence[StateKeys]) -> Mapping[str, list[int]]:
    return {
        "topics": [one.conversation for one in wanted],
        "limits": [who for one in wanted for who in one.limited],
        "people": [one.person for one in wanted if one.person is not None],
        "groups": [one.group for one in wanted if one.group is not None],
    }


def _recalled(wanted: StateKeys, rows: _Rows) -> LoadedState:
    person = rows.get(("people", wanted.person))
    return LoadedState(
        topic=_topic(rows.get(("topics", wanted.conversation))),
        limits=tuple(_tokens(rows["limits", who]) for who in wanted.limited if ("limits", who) in rows),
        language=person["first"] if person is not None else None,
        settings=_settings(rows.get(("groups", wanted.group))),
    )


def _topic(row: RowMapping | None) -> ConversationRow | None:
    if row is None:
        return None
    entries, shown = json.loads(row["first"]), json.loads(row["second"])
    return ConversationRow(row["key"], row["number"], tuple(entries), frozenset(shown), row["at"])


def _tokens(row: RowMapping) -> LimitRow:
    return LimitRow(row["key"], row["tokens"], bool(row["flag"]), row["at"])


def _settings(row: RowMapping | None) -> ChatSettings:
    return ChatSettings(row["first"], bool(row["flag"]), row["number"]) if row is not None else ChatSettings()


def _statement(database: Database) -> CompoundSelect[Any]:
    """Return what looks all of it up: one journey to the database instead of four."""
    topic, limit, chat = CONVERSATIONS.c, LIMITS.c, CHATS.c
    more = {"number": topic.chat, "first": topic.entries, "second": topic.shown, "at": topic.at}
    tokens = {"tokens": limit.tokens, "flag": limit.told, "at": limit.at}
    settings = {"first": chat.language, "flag": chat.quiet, "number": chat.topic}
    parts = (
        ("topics", topic.conversation, more),
        ("limits", limit.who, tokens),
        ("people", PEOPLE.c.person, {"first": PEOPLE.c.language}),
        ("groups", chat.chat, settings),
    )
    return union_all(*(_part(kind, key, columns).where(database.among(key, kind)) for kind, key, columns in parts))


def _part(kind: str, key: Column[Any], columns: Mapping[str, Column[Any]]) -> Select[Any]:
    """Return a part of the statement; all have the same columns, empty where it has nothing to say there."""
    shaped = (columns.get(name, cast(null(), kind_of)).label(name) for name, kind_of in _SHAPE.items())
    return select(literal_column(f"'{kind}'").label("kind"), key.label("key"), *shaped)


_SHAPE = {"number": BigInteger, "first": Text, "second": Text, "tokens": Double, "flag": Boolean, "at": Double}
_Rows: TypeAlias = Mapping[tuple[str, int | None], RowMapping]
