"""Who administers a group: asked of Telegram, and believed for a few minutes."""

from __future__ import annotations

import logging
import time
from functools import partial

from telegram import Bot
from telegram.error import TelegramError

from bot.telegram.recent import Clock, Memory
from bot.telegram.send import patiently

LOG = logging.getLogger(__name__)

BELIEVED = 300.0
"""Seconds after which Telegram is asked again."""


class GroupAdmins:
    """Tells a group's admins from its other members."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._known: Memory[int, frozenset[int]] = Memory(BELIEVED, clock=clock)

    async def include(self, bot: Bot, chat: int, user: int) -> bool:
        """Tell whether `user` is an admin of `chat`; nobody is where Telegram doesn't say."""
        known = self._known.get(chat)
        if known is None:
            try:
                members = await patiently(partial(bot.get_chat_administrators, chat))
            except TelegramError as error:
                LOG.info("The admins of a group couldn't be asked for (%s); nobody counts as one for now", error)
                return False
            known = frozenset(member.user.id for member in members)
            self._known.put(chat, known)
        return user in known
