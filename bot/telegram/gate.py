"""Who asks too much is told so once, and then left waiting."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias

from telegram import Message, Update

from bot.answers.html import escape
from bot.telegram.context import Context
from bot.telegram.language import language_of
from bot.telegram.send import beside, send

Handler: TypeAlias = Callable[[Update, Context], Coroutine[Any, Any, None]]


async def admitted(context: Context, message: Message) -> bool:
    """Count a request; False where it is one too many."""
    place = beside(message)
    verdict = context.services.limits.take(place.asker, place.chat if place.group else None)
    if verdict == "first refused":
        await send(context.bot, place, [escape(context.texts(language_of(message), "limits.slower"))])
    return verdict == "admitted"


def limited(handler: Handler) -> Handler:
    """Let a command's handler run only where its message is admitted."""

    @wraps(handler)
    async def checked(update: Update, context: Context) -> None:
        if update.message is not None and await admitted(context, update.message):
            await handler(update, context)

    return checked
