"""Handlers for commands as people type them: also with a full-width slash, or with Chinese right after them."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.ext import CommandHandler, filters

from bot.telegram.answering.mentions import leading_command
from bot.telegram.context import Context


class TypedCommandHandler(CommandHandler[Context, None]):
    """The library's handler, extended to commands that Telegram doesn't mark."""

    def check_update(self, update: object) -> bool | tuple[list[str], bool | dict[str, list[Any]] | None] | None:
        """Return the words after the command, if it is this handler's and names no other bot."""
        if not isinstance(update, Update) or update.message is None:
            return None
        message, text = update.message, update.message.text or ""
        found = leading_command(text, message.entities)
        if found is None or found.name not in self.commands:
            return None
        if found.bot not in {"", (message.get_bot().username or "").lower()}:
            return None
        passed = self.filters.check_update(update)
        return (text[found.length :].split(), passed) if passed else False


class BeginsWithCommand(filters.MessageFilter):
    """Messages that begin with a command, whichever it is."""

    def filter(self, message: Message) -> bool:
        """Return whether a message does."""
        return leading_command(message.text or "", message.entities) is not None
