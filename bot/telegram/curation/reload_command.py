"""/reload, for the bot's admins."""

from __future__ import annotations

from telegram import Update

from bot.telegram.access.chat_settings import language_for
from bot.telegram.client import reply_target, typing
from bot.telegram.context import Context
from bot.telegram.curation.reload import attempt, tell


async def reload(update: Update, context: Context) -> None:
    """Build the knowledge anew and swap it in, or keep the old one and say what is wrong."""
    message = update.message
    if message is None:
        return
    place, language = reply_target(message), await language_for(context, message)
    async with typing(context.bot, place):
        outcome = await attempt(context.services)
    await tell(context.bot, place, outcome, context.texts, language)
