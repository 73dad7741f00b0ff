"""Which shared memories have to be looked up, and which have changed."""

from __future__ import annotations

from collections.abc import Hashable

from bot.answers.conversation import CONVERSATION_SECONDS
from bot.telegram.chats.recent import BoundedMemory, RecentSet


class SyncTracker:
    """Spares the database what this process knows."""

    def __init__(self, *, shared: bool) -> None:
        """Where nobody shares the database, this process knows best what it has once looked up."""
        self._shared = shared
        self._recent = RecentSet(CONVERSATION_SECONDS)
        self._noted: BoundedMemory[Hashable, object] = BoundedMemory(CONVERSATION_SECONDS)

    def needed(self, whose: Hashable) -> bool:
        """Tell whether something has to be looked up."""
        return self._shared or not self._recent.seen(whose)

    def new(self, key: Hashable, value: object) -> bool:
        """Tell whether `value` isn't what was noted last under `key`; note it."""
        if self._noted.get(key) == value:
            return False
        self._noted.put(key, value)
        return True
