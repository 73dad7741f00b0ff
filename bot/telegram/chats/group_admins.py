"""Who administers a group: asked of Telegram, cached for a minute, and asked again before anybody is refused."""

from __future__ import annotations

import logging
import time
from functools import partial

from cachetools import TTLCache
from telegram import Bot, ChatMember
from telegram.error import TelegramError

from bot.telegram.chats.rate_limits import TokenBuckets
from bot.telegram.chats.recent_set import MAX_ENTRIES, Clock
from bot.telegram.client import with_retries

LOG = logging.getLogger(__name__)

CACHE_SECONDS = 60.0
"""Time until Telegram is asked again; so long may somebody go on who has ceased to be an admin."""
MAX_REFRESHES_PER_MINUTE = 6
"""How often a minute a group's admins are asked for again because of somebody who isn't cached as one."""


class GroupAdmins:
    """Tells a group's admins from its other members."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Start with nothing cached."""
        self._cached: TTLCache[int, frozenset[int]] = TTLCache(MAX_ENTRIES, CACHE_SECONDS, clock)
        self._refreshes = TokenBuckets(MAX_REFRESHES_PER_MINUTE, clock)

    async def include(self, bot: Bot, chat: int, user: int) -> bool:
        """Return whether `user` is an admin of `chat`; False where Telegram can't be asked.

        Somebody may have become an admin a moment ago, so that nobody is refused by the cache alone.
        """
        cached = self._cached.get(chat)
        if cached is not None and (user in cached or self._refreshes.take(chat) != "admitted"):
            return user in cached
        try:
            listed = await with_retries(partial(bot.get_chat_administrators, chat))
        except TelegramError as error:
            LOG.info("The admins of a group couldn't be asked for (%s); nobody counts as one for now", error)
            return False
        admins = frozenset(member.user.id for member in listed)
        if user not in admins and await _is_unlisted_admin(bot, chat, user):
            admins |= {user}
        self._cached[chat] = admins
        return user in admins


async def _is_unlisted_admin(bot: Bot, chat: int, user: int) -> bool:
    """Return whether somebody is an admin whom the list leaves out, as it does with some anonymous admins."""
    try:
        member = await with_retries(partial(bot.get_chat_member, chat, user))
    except TelegramError as error:
        LOG.debug("A member of a group couldn't be asked for: %s", error)
        return False
    return member.status in {ChatMember.ADMINISTRATOR, ChatMember.OWNER}
