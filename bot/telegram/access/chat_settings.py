"""What people and groups have set, where it matters; without the database everything is as if nothing were set."""

from __future__ import annotations

import logging

from telegram import Message

from bot.errors import StorageError
from bot.knowledge.model import Language
from bot.storage.preferences import ChatSettings
from bot.telegram.access.menu_language import language_of
from bot.telegram.client import Destination, reply_target
from bot.telegram.context import Context
from bot.telegram.updates import InboxQueue

LOG = logging.getLogger(__name__)


def person(context: Context, user: int | None) -> int | None:
    """Return the number that stands for a user, or for a chat in whose name somebody writes."""
    return context.services.names.of("person", user) if user is not None else None


def chat(context: Context, number: int) -> int:
    """Return the number that stands for a chat."""
    return context.services.names.of("chat", number)


def is_away(context: Context) -> bool:
    """Tell whether the database is known not to serve, so that nobody waits for it."""
    queue = context.application.update_queue
    return isinstance(queue, InboxQueue) and queue.worker.failure_reason is not None


async def settings_at(context: Context, place: Destination) -> ChatSettings:
    """Return what holds for an answer: what the group has set, and else the language that the asker chose."""
    chosen = context.services.chosen
    if is_away(context):
        return ChatSettings()
    try:
        found = await chosen.settings_of(chat(context, place.chat)) if place.group else ChatSettings()
        asker = person(context, place.asker)
        if found.language is None and asker is not None:
            return ChatSettings(await chosen.language_of(asker), found.quiet, found.topic)
    except StorageError as error:
        LOG.debug("What was set for a chat couldn't be read: %s", error)  # the clerk tells it
        return ChatSettings()
    return found


async def language_for(context: Context, message: Message) -> Language:
    """Return the language for a command: the one that was chosen, or else that of the writer's Telegram."""
    return (await settings_at(context, reply_target(message))).language or language_of(message)
