"""What people and groups have set, known for a while: hardly an answer goes without it, and it hardly ever changes."""

from __future__ import annotations

from bot.answers.conversation import CONVERSATION_SECONDS
from bot.knowledge.model import Language
from bot.storage import preferences
from bot.storage.database import Database
from bot.storage.preferences import ChatSettings
from bot.telegram.chats.recent import BoundedMemory

BRIEFLY = 2.0
"""Seconds that something is held for known which another replica may change."""


class PreferenceCache:
    """Looks settings up, and changes them."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing known."""
        self._database = database
        lasts = BRIEFLY if database.shared else CONVERSATION_SECONDS
        self._languages: BoundedMemory[int, tuple[Language | None]] = BoundedMemory(lasts)
        self._settings: BoundedMemory[int, ChatSettings] = BoundedMemory(lasts)

    async def language_of(self, person: int) -> Language | None:
        """Return the language that a person chose; None for none. Raises StorageError."""
        known = self._languages.get(person)
        if known is None:
            known = (await preferences.language_of(self._database, person),)
            self._languages.put(person, known)
        return known[0]

    async def choose_language(self, person: int, language: Language | None) -> bool:
        """Keep the language that a person chose, None for none; tell whether one was taken back."""
        taken_back = await preferences.save_language(self._database, person, language)
        self._languages.put(person, (language,))
        return taken_back

    async def settings_of(self, group: int) -> ChatSettings:
        """Return what is set for a group; raises StorageError."""
        known = self._settings.get(group)
        if known is None:
            known = await preferences.settings_of(self._database, group)
            self._settings.put(group, known)
        return known

    async def change_settings(self, group: int, settings: ChatSettings) -> None:
        """Keep what is set for a group."""
        await preferences.save_settings(self._database, group, settings)
        self._settings.put(group, settings)

    async def move_settings(self, group: int, to: int) -> None:
        """Let a supergroup have what was set for the group that it was."""
        await preferences.move_settings(self._database, group, to)
        self._settings.forget(to)

    def recalled(
        self, person: int | None, language: Language | None, group: int | None, settings: ChatSettings
    ) -> None:
        """Take note of what was looked up together with other things."""
        if person is not None:
            self._languages.put(person, (language,))
        if group is not None:
            self._settings.put(group, settings)
