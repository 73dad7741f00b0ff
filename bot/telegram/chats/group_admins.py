"""Who administers a group: asked of Telegram, believed for a minute, and asked again before anybody is refused."""

from __future__ import annotations

import logging
import time
from functools import partial

from telegram import Bot, ChatMember
from telegram.error import TelegramError

from bot.telegram.chats.rate_limits import Buckets
from bot.telegram.chats.recent import BoundedMemory, Clock
from bot.telegram.client import with_retries

LOG = logging.getLogger(__name__)

BELIEVED = 60.0
"""Seconds after which Telegram is asked again; so long may somebody go on who is an admin no more."""
LOOKS = 6
"""How often a minute Telegram is asked again about a group because of somebody who isn't known as its admin."""


class GroupAdmins:
    """Tells a group's admins from its other members."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._known: BoundedMemory[int, frozenset[int]] = BoundedMemory(BELIEVED, clock=clock)
        self._looks = Buckets(LOOKS, clock)

    async def include(self, bot: Bot, chat: int, user: int) -> bool:
        """Tell whether `user` is an admin of `chat`; nobody becomes one where Telegram doesn't say.

        Somebody may have been made an admin a moment ago, so that a refusal never rests on what is only believed.
        """
        known = self._known.get(chat)
        if known is not None and (user in known or self._looks.take(chat) != "admitted"):
            return user in known
        try:
            listed = await with_retries(partial(bot.get_chat_administrators, chat))
        except TelegramError as error:
            LOG.info("The admins of a group couldn't be asked for (%s); nobody counts as one for now", error)
            return False
        admins = frozenset(member.user.id for member in listed)
        if user not in admins and await _is_unlisted(bot, chat, user):
            admins |= {user}
        self._known.put(chat, admins)
        return user in admins


async def _is_unlisted(bot: Bot, chat: int, user: int) -> bool:
    """Tell whether somebody is an admin whom the list leaves out: a bot's view of anonymous admins isn't complete."""
    try:
        member = await with_retries(partial(bot.get_chat_member, chat, user))
    except TelegramError as error:
        LOG.debug("A member of a group couldn't be asked for: %s", error)
        return False
    return member.status in {ChatMember.ADMINISTRATOR, ChatMember.OWNER}
