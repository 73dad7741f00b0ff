"""Who may use the admin commands; pure."""

from __future__ import annotations

from collections.abc import Collection

from telegram import Message


def is_admin(message: Message, admins: Collection[int], anonymous: Collection[int] = ()) -> bool:
    """Tell whether one of the bot's admins wrote `message`, or an anonymous one of a group in `anonymous`."""
    if writes_as_the_group(message):
        return message.chat.id in anonymous
    return message.sender_chat is None and message.from_user is not None and message.from_user.id in admins


def writes_as_the_group(message: Message) -> bool:
    """Tell whether an admin of the group wrote it in the group's name; others can't."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
