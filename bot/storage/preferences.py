"""The preferences that people and groups have set: stored in the database, and cached.

Hardly an answer goes out without them, and they hardly ever change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from cachetools import TTLCache
from sqlalchemy import delete, select, update

from bot.answers.conversation import CONVERSATION_SECONDS
from bot.knowledge.model import Language
from bot.storage.database import Database
from bot.storage.schema import CHATS, PEOPLE

GENERAL = 0
"""Stands for a forum's General topic, which has no id."""
SHARED_CACHE_SECONDS = 2.0
"""How long preferences are cached where another replica may change them."""
MAX_CACHED = 10_000
"""People, and groups, whose preferences are cached."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What the admins of a group have set."""

    language: Language | None = None
    """Language of the answers; None where it follows the question."""
    quiet: bool = False
    """Whether answers show their points alone, and quotes wait behind a button."""
    topic: int | None = None
    """The forum topic in which alone it answers, `GENERAL` for the one without an id; None for everywhere."""


class Preferences:
    """Reads and changes preferences; people and groups are named by their pseudonyms. Methods raise StorageError."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nothing cached; `clock` gives seconds."""
        self._database = database
        seconds = SHARED_CACHE_SECONDS if database.shared else CONVERSATION_SECONDS
        self._languages: TTLCache[int, Language | None] = TTLCache(MAX_CACHED, seconds, clock)
        self._settings: TTLCache[int, ChatSettings] = TTLCache(MAX_CACHED, seconds, clock)

    async def language_of(self, person: int) -> Language | None:
        """Return the language that a person chose; None for none."""
        with suppress(KeyError):
            return self._languages[person]
        async with self._database.read() as connection:
            found = await connection.execute(select(PEOPLE.c.language).where(PEOPLE.c.person == person))
            language: Language | None = found.scalar_one_or_none()
        self._languages[person] = language
        return language

    async def save_language(self, person: int, language: Language | None) -> bool:
        """Store the language that a person chose, or (None) that they chose none; tell whether one was taken back."""
        taken_back = False
        async with self._database.begin() as connection:
            if language is None:
                gone = await connection.execute(delete(PEOPLE).where(PEOPLE.c.person == person))
                taken_back = gone.rowcount > 0
            else:
                row = self._database.insert(PEOPLE).values(person=person, language=language)
                changed = {"language": language}
                await connection.execute(row.on_conflict_do_update(index_elements=["person"], set_=changed))
        self._languages[person] = language
        return taken_back

    async def settings_of(self, group: int) -> ChatSettings:
        """Return the settings of a group."""
        cached = self._settings.get(group)
        if cached is not None:
            return cached
        columns = select(CHATS.c.language, CHATS.c.quiet, CHATS.c.topic)
        async with self._database.read() as connection:
            row = (await connection.execute(columns.where(CHATS.c.chat == group))).one_or_none()
        settings = ChatSettings(*row) if row is not None else ChatSettings()
        self._settings[group] = settings
        return settings

    async def save_settings(self, group: int, settings: ChatSettings) -> None:
        """Store the settings of a group."""
        values = {"language": settings.language, "quiet": settings.quiet, "topic": settings.topic}
        async with self._database.begin() as connection:
            row = self._database.insert(CHATS).values(chat=group, **values)
            await connection.execute(row.on_conflict_do_update(index_elements=["chat"], set_=values))
        self._settings[group] = settings

    async def move_settings(self, group: int, to: int) -> None:
        """Give a supergroup the settings of the group that it was."""
        async with self._database.begin() as connection:
            await connection.execute(delete(CHATS).where(CHATS.c.chat == to))
            await connection.execute(update(CHATS).where(CHATS.c.chat == group).values(chat=to))
        self._settings.pop(to, None)
        self._settings.pop(group, None)

    def cache(self, person: int | None, language: Language | None, group: int | None, settings: ChatSettings) -> None:
        """Cache what was loaded from the database together with other state; None for no person, or no group."""
        if person is not None:
            self._languages[person] = language
        if group is not None:
            self._settings[group] = settings
