"""Who may use the admin commands; pure."""

from __future__ import annotations

from telegram import Message


def is_admin(message: Message, admins: frozenset[int]) -> bool:
    """Tell whether one of the bot's admins wrote `message` under their own name."""
    return message.sender_chat is None and message.from_user is not None and message.from_user.id in admins
