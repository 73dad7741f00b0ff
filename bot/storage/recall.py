"""What is looked up before an update is handled; of updates that come side by side, in one transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, select

from bot.knowledge.model import Language
from bot.storage.database import Database
from bot.storage.memories import Tokens, Topic
from bot.storage.preferences import ChatSettings
from bot.storage.schema import CHATS, CONVERSATIONS, LIMITS, PEOPLE

MOST = 64
"""Updates for which is looked up at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
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
class Recalled:
    """What was found."""

    topic: Topic | None
    """What the conversation is about."""
    limits: tuple[Tokens, ...]
    """How much may still be asked."""
    language: Language | None
    """What the person chose."""
    settings: ChatSettings
    """What is set for the group."""


class Recall:
    """Looks up what replicas, or a process and the next, remember together."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing asked for."""
        self._database = database
        self._asked: list[tuple[Wanted, asyncio.Future[Recalled]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def of(self, wanted: Wanted) -> Recalled:
        """Look up what is wanted; raises StorageError."""
        answer: asyncio.Future[Recalled] = asyncio.get_running_loop().create_future()
        self._asked.append((wanted, answer))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await answer

    async def _look(self) -> None:
        while self._asked:
            asked, self._asked = self._asked[:MOST], self._asked[MOST:]
            try:
                found = await self._database.look(lambda connection: _find(connection, [one for one, _ in asked]))  # noqa: B023
            except Exception as error:  # noqa: BLE001  # it is theirs who asked
                for _, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), one in zip(asked, found, strict=True):
                if not answer.done():
                    answer.set_result(one)
        self._looking = None


def _find(connection: Connection, wanted: Sequence[Wanted]) -> list[Recalled]:
    topics = _rows(connection, _TOPICS, [one.conversation for one in wanted])
    limits = _rows(connection, _TOKENS, [who for one in wanted for who in one.limited])
    people = _rows(connection, _LANGUAGES, [one.person for one in wanted])
    groups = _rows(connection, _SETTINGS, [one.group for one in wanted])
    return [
        Recalled(
            topic=_topic(topics.get(one.conversation)),
            limits=tuple(Tokens(**limits[who]) for who in one.limited if who in limits),
            language=people[one.person]["language"] if one.person in people else None,
            settings=_settings(groups.get(one.group)),
        )
        for one in wanted
    ]


def _rows(connection: Connection, query: Select[Any], keys: Iterable[int | None]) -> Mapping[int | None, Any]:
    """Return the rows that `query` finds by their first column."""
    wanted = sorted({key for key in keys if key is not None})
    if not wanted:
        return {}
    found = connection.execute(query, {"keys": _padded(wanted)})
    return {next(iter(row.values())): row for row in found.mappings()}


def _padded(keys: list[int]) -> list[int]:
    """Return as many as a power of two, so that the database gets to see few different statements."""
    return keys + keys[-1:] * ((1 << (len(keys) - 1).bit_length()) - len(keys))


def _topic(row: Mapping[str, Any] | None) -> Topic | None:
    if row is None:
        return None
    entries, shown = json.loads(row["entries"]), json.loads(row["shown"])
    return Topic(**{**row, "entries": tuple(entries), "shown": frozenset(shown)})


def _settings(row: Mapping[str, Any] | None) -> ChatSettings:
    return ChatSettings(row["language"], row["quiet"], row["topic"]) if row is not None else ChatSettings()


def _among(key: Column[int], *columns: Column[Any]) -> Select[Any]:
    return select(key, *columns).where(key.in_(bindparam("keys", expanding=True)))


_TOPICS = _among(*CONVERSATIONS.c)
_TOKENS = _among(*LIMITS.c)
_LANGUAGES = _among(PEOPLE.c.person, PEOPLE.c.language)
_SETTINGS = _among(*CHATS.c)
