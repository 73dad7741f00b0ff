"""Where messages are sent to."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import MaybeInaccessibleMessage, Message
from telegram.constants import ChatType

GENERAL_TOPIC_ID = 1
"""Id of a forum's General topic: messages there may carry it, but requests that name it are refused."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes."""

    chat: int
    """Id of the chat."""
    thread: int | None
    """Id of the forum topic; None outside of forums and in their General topic."""
    reply_to: int | None
    """Id of the message that it replies to."""
    group: bool
    """Whether the chat is a group; messages to groups make no sound."""
    asker: int | None = None
    """Id of whom it answers: a user, or the chat in whose name somebody writes."""
    only_as_reply: bool = False
    """Whether to send it only if the message that it replies to still exists."""


def reply_target(
    message: MaybeInaccessibleMessage, reply_to: int | None = None, asker: int | None = None
) -> Destination:
    """Return the destination of a reply to `message`, or to the message `reply_to` of the same chat and topic.

    The asker is the sender of `message`, unless `asker` is given.
    """
    return Destination(
        chat=message.chat.id,
        thread=topic_of(message),
        reply_to=message.message_id if reply_to is None else reply_to,
        group=message.chat.type != ChatType.PRIVATE,
        asker=_sender_of(message) if asker is None else asker,
    )


def topic_of(message: MaybeInaccessibleMessage) -> int | None:
    """Return the id of a message's forum topic; None outside of forums and in General.

    Replies outside of forums have a `message_thread_id` too, that of a thread of replies, which isn't a topic.
    """
    if not isinstance(message, Message) or not message.is_topic_message:
        return None
    return message.message_thread_id if message.message_thread_id != GENERAL_TOPIC_ID else None


def _sender_of(message: MaybeInaccessibleMessage) -> int | None:
    if not isinstance(message, Message):
        return None
    sender = message.sender_chat or message.from_user
    return sender.id if sender else None
