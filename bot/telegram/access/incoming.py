"""An incoming message with what a reply to it depends on: where it goes, in which language, under which settings."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import Message

from bot.errors import StorageError
from bot.knowledge.model import Language
from bot.matching.reply_language import language_of_tag
from bot.storage.preferences import ChatSettings
from bot.telegram.client import Destination, reply_target
from bot.telegram.context import Context

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that somebody sent to the bot; made once for each update."""

    message: Message
    """The message."""
    destination: Destination
    """Where a reply to it goes."""
    language: Language
    """Language of notices and menus: the one that was chosen, or else that of the writer's Telegram."""
    settings: ChatSettings
    """What holds for an answer: the settings of the group; the writer's language where these name none."""


async def read_incoming(context: Context, message: Message) -> Incoming:
    """Return `message` with what a reply to it depends on."""
    destination = reply_target(message)
    settings = await settings_at(context, destination)
    return Incoming(message, destination, settings.language or writer_language(message), settings)


async def settings_at(context: Context, destination: Destination) -> ChatSettings:
    """Return the settings for an answer (see `Incoming.settings`); without the database, as if nothing were set."""
    if context.database_failure is not None:  # known to be unavailable: nobody waits for it
        return ChatSettings()
    preferences, pseudonyms = context.services.preferences, context.services.pseudonyms
    try:
        settings = ChatSettings()
        if destination.group:
            settings = await preferences.settings_of(pseudonyms.chat(destination.chat))
        if settings.language is None and destination.asker is not None:
            language = await preferences.language_of(pseudonyms.person(destination.asker))
            return ChatSettings(language, settings.quiet, settings.topic)
    except StorageError as error:
        LOG.debug("The settings of a chat couldn't be read: %s", error)  # reported by DatabaseHealth
        return ChatSettings()
    return settings


def interface_language(tag: str | None) -> Language:
    """Return the language for the IETF tag that somebody's Telegram sends; English where it sends none."""
    return language_of_tag(tag or "en")


def writer_language(message: Message) -> Language:
    """Return the language of the Telegram of whoever wrote `message`."""
    return interface_language(message.from_user.language_code if message.from_user else None)
