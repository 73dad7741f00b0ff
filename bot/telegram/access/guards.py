"""Guards around command handlers: rate limits, and what only the bot's admins may do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias

from telegram import CallbackQuery, Update
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.telegram.access import menus
from bot.telegram.access.incoming import Incoming, read_incoming, writer_language
from bot.telegram.access.rights import is_admin, written_by_admin
from bot.telegram.client import answer_callback, send
from bot.telegram.context import Context

Handler: TypeAlias = Callable[[Incoming, Context], Coroutine[Any, Any, None]]
"""Handles a command."""
UpdateHandler: TypeAlias = Callable[[Update, Context], Coroutine[Any, Any, None]]
"""Handles an update, as the library calls it."""


def rate_limited(handler: Handler) -> UpdateHandler:
    """Let a command's handler run only for messages within the rate limits."""

    @wraps(handler)
    async def limited(update: Update, context: Context) -> None:
        if update.message is None:
            return
        incoming = await read_incoming(context, update.message)
        if await within_rate_limit(context, incoming):
            await handler(incoming, context)

    return limited


async def within_rate_limit(context: Context, incoming: Incoming) -> bool:
    """Count a request against the rate limits; False where it exceeds them, of which its writer is notified once.

    A request that is handled again, because its first attempt failed, isn't counted again.
    """
    message, destination, counted = incoming.message, incoming.destination, context.services.recent.counted_requests
    request = (destination.chat, message.message_id, message.edit_date)
    if request in counted:
        return True
    sent_at = (message.edit_date or message.date).timestamp()
    group = destination.chat if destination.group else None
    verdict = context.services.rate_limits.take(destination.asker, group, sent_at)
    if verdict == "first refused":
        await send(context.bot, destination, [escape(context.texts(writer_language(message), "limits.slower"))])
    if verdict == "admitted":
        counted[request] = True
    return verdict == "admitted"


def for_admins(handler: Handler) -> Handler:
    """Let a command's handler run only for the bot's admins, and refuse everybody else kindly."""

    @wraps(handler)
    async def restricted(incoming: Incoming, context: Context) -> None:
        message, options = incoming.message, context.services.options
        if written_by_admin(message, options.admins, options.anonymous_admin_groups):
            await handler(incoming, context)
            return
        await send(context.bot, incoming.destination, [escape(context.texts(incoming.language, "admin.refused"))])
        if message.chat.type == ChatType.PRIVATE:
            await menus.withdraw(context.bot, message.chat.id)  # it may be left from when the user was an admin

    return restricted


async def require_admin(context: Context, query: CallbackQuery, language: Language) -> bool:
    """Return whether one of the bot's admins tapped; anybody else is told that they may not."""
    if is_admin(query.from_user, context.services.options.admins):
        return True
    await answer_callback(query, context.texts(language, "admin.refused"))
    return False
