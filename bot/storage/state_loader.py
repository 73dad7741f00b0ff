"""Loads the shared state that an update needs before it is handled.

Requests that come in while a query runs are answered by the next one, all together.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
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
from bot.storage import dialects
from bot.storage.database import Database
from bot.storage.preferences import ChatSettings
from bot.storage.schema import CHATS, CONVERSATIONS, LIMITS, PEOPLE
from bot.storage.write_behind import ConversationRow, LimitRow

MAX_BATCH = 64
"""Requests that one query answers at most."""


@dataclass(frozen=True, slots=True)
class StateKeys:
    """Whose state an update needs; all are pseudonyms."""

    conversation: int
    """The conversation."""
    limited: tuple[int, ...]
    """The person and the group whose rate limits it counts against."""
    person: int | None
    """Who asks; None where that isn't a person."""
    group: int | None
    """The chat where it is a group; else None."""


@dataclass(frozen=True, slots=True)
class LoadedState:
    """The state found; empty values where nothing is stored."""

    conversation: ConversationRow | None
    """What the conversation is about."""
    limits: tuple[LimitRow, ...]
    """Rate limits of the keys in `StateKeys.limited` that have one."""
    language: Language | None
    """The language that the person chose; None without a choice."""
    settings: ChatSettings
    """The settings of the group."""


class StateLoader:
    """Loads state that is shared by replicas, or by a process and its successor."""

    def __init__(self, database: Database) -> None:
        """Start without requests."""
        self._database = database
        self._requests: list[tuple[StateKeys, asyncio.Future[LoadedState]]] = []
        self._loading: asyncio.Task[None] | None = None

    async def load(self, wanted: StateKeys) -> LoadedState:
        """Return the state of `wanted`; raises StorageError."""
        answer: asyncio.Future[LoadedState] = asyncio.get_running_loop().create_future()
        self._requests.append((wanted, answer))
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_batches())
        return await answer

    async def _load_batches(self) -> None:
        while self._requests:
            batch, self._requests = self._requests[:MAX_BATCH], self._requests[MAX_BATCH:]
            try:
                select_all = partial(_select, keys=_keys([wanted for wanted, _ in batch]))
                rows = await self._database.read(select_all, brief=True)
            except Exception as error:  # noqa: BLE001  # whoever asked for it gets the error
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for wanted, answer in batch:
                if not answer.done():
                    answer.set_result(_state_for(wanted, rows))
        self._loading = None


def _select(connection: Connection, keys: Mapping[str, Sequence[int]]) -> _Rows:
    parameters = {name: dialects.number_array(connection, numbers) for name, numbers in keys.items()}
    found = connection.execute(_statement(connection.dialect.name), parameters).mappings()
    return {(row["kind"], row["key"]): row for row in found}


def _keys(wanted: Sequence[StateKeys]) -> Mapping[str, list[int]]:
    return {
        "conversations": [keys.conversation for keys in wanted],
        "limits": [who for keys in wanted for who in keys.limited],
        "people": [keys.person for keys in wanted if keys.person is not None],
        "groups": [keys.group for keys in wanted if keys.group is not None],
    }


def _state_for(wanted: StateKeys, rows: _Rows) -> LoadedState:
    person = rows.get(("people", wanted.person))
    return LoadedState(
        conversation=_conversation(rows.get(("conversations", wanted.conversation))),
        limits=tuple(_limit(rows["limits", who]) for who in wanted.limited if ("limits", who) in rows),
        language=person["first"] if person is not None else None,
        settings=_settings(rows.get(("groups", wanted.group))),
    )


def _conversation(row: RowMapping | None) -> ConversationRow | None:
    if row is None:
        return None
    entries, shown = json.loads(row["first"]), json.loads(row["second"])
    return ConversationRow(row["key"], row["number"], tuple(entries), frozenset(shown), row["at"])


def _limit(row: RowMapping) -> LimitRow:
    return LimitRow(row["key"], row["tokens"], bool(row["flag"]), row["at"])


def _settings(row: RowMapping | None) -> ChatSettings:
    return ChatSettings(row["first"], bool(row["flag"]), row["number"]) if row is not None else ChatSettings()


@cache
def _statement(dialect: str) -> CompoundSelect[Any]:
    """Return a query for all four kinds of state: one round trip instead of four."""
    topic, limit, chat = CONVERSATIONS.c, LIMITS.c, CHATS.c
    more = {"number": topic.chat, "first": topic.entries, "second": topic.shown, "at": topic.at}
    tokens = {"tokens": limit.tokens, "flag": limit.told, "at": limit.at}
    settings = {"first": chat.language, "flag": chat.quiet, "number": chat.topic}
    parts = (
        ("conversations", topic.conversation, more),
        ("limits", limit.who, tokens),
        ("people", PEOPLE.c.person, {"first": PEOPLE.c.language}),
        ("groups", chat.chat, settings),
    )
    return union_all(
        *(_part(kind, key, columns).where(dialects.is_among(dialect, key, kind)) for kind, key, columns in parts)
    )


def _part(kind: str, key: Column[Any], columns: Mapping[str, Column[Any]]) -> Select[Any]:
    """Return one SELECT of the union; all have the same columns, NULL where a kind of state has no such value."""
    shaped = (columns.get(name, cast(null(), kind_of)).label(name) for name, kind_of in _COLUMNS.items())
    return select(literal_column(f"'{kind}'").label("kind"), key.label("key"), *shaped)


_COLUMNS = {"number": BigInteger, "first": Text, "second": Text, "tokens": Double, "flag": Boolean, "at": Double}
"""The columns that all parts of the union have, with their types; `_statement` says what each holds."""
_Rows: TypeAlias = Mapping[tuple[str, int | None], RowMapping]
