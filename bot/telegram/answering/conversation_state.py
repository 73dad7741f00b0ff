"""Loads before an update is handled, and saves after it, what replicas share about its sender, group and conversation.

That is the topic of the conversation, rate limits, and preferences. What is loaded goes into memory, where the handlers
find it; what they change is written with the completion of the update.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable

from telegram import Update

from bot.answers.conversation import Topic
from bot.errors import StorageError
from bot.storage.state_loader import StateKeys
from bot.storage.write_behind import ConversationRow, LimitRow
from bot.telegram.chats import Bucket, limited_by
from bot.telegram.client import Destination, reply_target
from bot.telegram.context import Context
from bot.telegram.services import Services

LOG = logging.getLogger(__name__)


def conversation_of(destination: Destination) -> str:
    """Name the conversation that a reply belongs to: messages of one sender in one topic of one chat."""
    return f"{destination.chat}/{destination.thread or ''}/{destination.asker or ''}"


async def load_state(update: Update, context: Context) -> None:
    """Load the state of whoever an update is from, unless this process has it already."""
    destination, services = _destination(update), context.services
    if destination is None or not _must_load(services, destination):
        return
    conversation, pseudonyms = conversation_of(destination), services.pseudonyms
    limited = {pseudonyms.of(*key): key for key in limited_by(destination.asker, _group(destination))}
    person = pseudonyms.person(destination.asker) if destination.asker is not None else None
    group = pseudonyms.chat(destination.chat) if destination.group else None
    try:
        found = await services.state_loader.load(StateKeys(pseudonyms.of(conversation), tuple(limited), person, group))
    except StorageError as error:
        LOG.debug("The state of a conversation couldn't be loaded: %s", error)  # reported by DatabaseHealth
        return
    services.preferences.cache(person, found.language, group, found.settings)
    for row in found.limits:
        services.rate_limits.restore(limited[row.who], Bucket(row.tokens, row.at, row.notified))
    if (topic := found.conversation) is not None:
        context.assistant.resume(conversation, Topic(topic.entries, topic.shown, topic.at))


async def save_state(update: Update, context: Context) -> None:
    """Save what an update has changed."""
    destination, services = _destination(update), context.services
    if destination is None:
        return
    conversation, pseudonyms = conversation_of(destination), services.pseudonyms
    for key in limited_by(destination.asker, _group(destination)):
        bucket = services.rate_limits.bucket(key)
        if bucket is not None and _has_changed(services, key, bucket):
            services.write_behind.put(LimitRow(pseudonyms.of(*key), bucket.tokens, bucket.notified, bucket.at))
    topic = context.assistant.topic(conversation)
    if topic is not None and _has_changed(services, conversation, topic):
        chat = pseudonyms.chat(destination.chat)
        services.write_behind.put(
            ConversationRow(pseudonyms.of(conversation), chat, topic.entries, topic.shown, topic.at)
        )


def _must_load(services: Services, destination: Destination) -> bool:
    """Return whether the database may know more than this process: where it is shared, or for a while not asked."""
    return services.database.shared or not services.recent.loads.seen(conversation_of(destination))


def _has_changed(services: Services, key: Hashable, value: object) -> bool:
    """Return whether `value` differs from what was last saved under `key`, and remember it as saved."""
    saved = services.recent.saves
    if saved.get(key) == value:
        return False
    saved[key] = value
    return True


def _destination(update: Update) -> Destination | None:
    """Return where a reply to an update goes; None for updates that belong to no conversation."""
    query = update.callback_query
    if query is not None:
        return reply_target(query.message, asker=query.from_user.id) if query.message is not None else None
    message = update.message or update.edited_message
    return reply_target(message) if message is not None else None


def _group(destination: Destination) -> int | None:
    return destination.chat if destination.group else None
