"""/reload, for the bot's admins."""

from __future__ import annotations

from telegram import Update

from bot.telegram.context import Context
from bot.telegram.preferences import language_for
from bot.telegram.reloading import attempt, tell
from bot.telegram.send import beside, typing


async def reload(update: Update, context: Context) -> None:
    """Build the knowledge anew and swap it in, or keep the old one and say what is wrong."""
    message = update.message
    if message is None:
        return
    place, language = beside(message), await language_for(context, message)
    async with typing(context.bot, place):
        outcome = await attempt(context.services)
    await tell(context.bot, place, outcome, context.texts, language)
