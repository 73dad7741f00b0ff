"""Who may use the admin commands; pure."""

from __future__ import annotations

from collections.abc import Collection

from telegram import Message


def is_admin(message: Message, admins: Collection[int], anonymous_groups: Collection[int] = ()) -> bool:
    """Return whether one of the bot's `admins` wrote `message`, or an anonymous admin of one of `anonymous_groups`."""
    if writes_as_group(message):
        return message.chat.id in anonymous_groups
    return message.sender_chat is None and message.from_user is not None and message.from_user.id in admins


def writes_as_group(message: Message) -> bool:
    """Return whether an admin of the group wrote `message` in the group's name; nobody else can."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
