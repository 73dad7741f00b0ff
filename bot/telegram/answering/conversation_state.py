"""Load before an update is handled, save after it: what replicas share about a person, a group and a conversation."""

from __future__ import annotations

import logging

from telegram import Update

from bot.answers.conversation import Topic
from bot.errors import StorageError
from bot.storage.state_loader import StateKeys
from bot.storage.write_behind import ConversationRow, LimitRow
from bot.telegram.answering.deliver import conversation
from bot.telegram.chats.rate_limits import Bucket
from bot.telegram.client import Destination, reply_target
from bot.telegram.context import Context

LOG = logging.getLogger(__name__)


async def recall(update: Update, context: Context) -> None:
    """Learn what other replicas, or a former process, know of whoever the update is from."""
    place, services = _place(update), context.services
    if place is None or not services.recalls.needed(conversation(place)):
        return
    names, whose = services.names, services.limits.whose(place.asker, place.chat if place.group else None)
    numbers = {names.of(*one): one for one in whose}
    person = names.of("person", place.asker) if place.asker is not None else None
    group = names.of("chat", place.chat) if place.group else None
    try:
        found = await services.recall.load(StateKeys(names.of(conversation(place)), tuple(numbers), person, group))
    except StorageError as error:
        LOG.debug("Nothing was recalled: %s", error)  # the clerk tells it; what is in memory has to do
        return
    services.chosen.recalled(person, found.language, group, found.settings)
    for one in found.limits:
        services.limits.restore(numbers[one.who], Bucket(one.tokens, one.at, one.notified))
    if (topic := found.conversation) is not None:
        context.assistant.resume(conversation(place), Topic(topic.entries, topic.shown, topic.at))


async def keep(update: Update, context: Context) -> None:
    """Note what this update has changed."""
    place, services = _place(update), context.services
    if place is None:
        return
    names = services.names
    for who in services.limits.whose(place.asker, place.chat if place.group else None):
        bucket = services.limits.bucket(who)
        if bucket is not None and services.recalls.new(who, bucket):
            services.memories.put(LimitRow(names.of(*who), bucket.tokens, bucket.told, bucket.at))
    topic = context.assistant.topic(conversation(place))
    if topic is not None and services.recalls.new(conversation(place), topic):
        number, chat = names.of(conversation(place)), names.of("chat", place.chat)
        services.memories.put(ConversationRow(number, chat, topic.entries, topic.shown, topic.at))


def _place(update: Update) -> Destination | None:
    query = update.callback_query
    if query is not None:
        return reply_target(query.message, asker=query.from_user.id) if query.message is not None else None
    message = update.message or update.edited_message
    return reply_target(message) if message is not None else None
