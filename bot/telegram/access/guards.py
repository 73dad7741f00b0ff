"""Who asks too much is told so once, and then left waiting."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias

from telegram import Message, Update
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.telegram.access import menus
from bot.telegram.access.chat_settings import language_for
from bot.telegram.access.menu_language import language_of
from bot.telegram.access.rights import is_admin
from bot.telegram.client import reply_target, send
from bot.telegram.context import Context

REFUSED = "admin.refused"
Handler: TypeAlias = Callable[[Update, Context], Coroutine[Any, Any, None]]


async def within_rate_limit(context: Context, message: Message) -> bool:
    """Count a request; False where it is one too many. One that is handled again counts once."""
    destination, edited = reply_target(message), message.edit_date
    if context.services.counted_requests.get((destination.chat, message.message_id, edited)):
        return True
    made = (edited or message.date).timestamp()
    verdict = context.services.limits.take(destination.asker, destination.chat if destination.group else None, made)
    if verdict == "first refused":
        await send(context.bot, destination, [escape(context.texts(language_of(message), "limits.slower"))])
    if verdict == "admitted":
        context.services.counted_requests.put((destination.chat, message.message_id, edited), value=True)
    return verdict == "admitted"


def rate_limited(handler: Handler) -> Handler:
    """Let a command's handler run only where its message is admitted."""

    @wraps(handler)
    async def checked(update: Update, context: Context) -> None:
        if update.message is not None and await within_rate_limit(context, update.message):
            await handler(update, context)

    return checked


def for_admins(handler: Handler) -> Handler:
    """Let a command's handler run only for the bot's admins, and refuse everybody else kindly."""

    @wraps(handler)
    async def checked(update: Update, context: Context) -> None:
        message, services = update.message, context.services
        if message is None:
            return
        if is_admin(message, services.admins, services.anonymous):
            await handler(update, context)
            return
        await send(
            context.bot, reply_target(message), [escape(context.texts(await language_for(context, message), REFUSED))]
        )
        if message.chat.type == ChatType.PRIVATE:
            await menus.withdraw(context.bot, message.chat.id)  # it may be left from when the user was an admin

    return checked
