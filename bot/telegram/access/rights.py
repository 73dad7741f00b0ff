"""Who may use the admin commands and the buttons of admins; pure."""

from __future__ import annotations

from collections.abc import Collection

from telegram import Message, User


def is_admin(user: User | None, admins: Collection[int]) -> bool:
    """Return whether a user is one of the bot's `admins`."""
    return user is not None and user.id in admins


def written_by_admin(message: Message, admins: Collection[int], anonymous_groups: Collection[int] = ()) -> bool:
    """Return whether one of the bot's `admins` wrote `message`, or an anonymous admin of one of `anonymous_groups`."""
    if writes_as_group(message):
        return message.chat.id in anonymous_groups
    return message.sender_chat is None and is_admin(message.from_user, admins)


def writes_as_group(message: Message) -> bool:
    """Return whether an admin of the group wrote `message` in the group's name; nobody else can."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
