"""/reload, for the bot's admins."""

from __future__ import annotations

from bot.telegram.access import Incoming
from bot.telegram.client import typing
from bot.telegram.context import Context
from bot.telegram.curation.reload import attempt, tell


async def reload(incoming: Incoming, context: Context) -> None:
    """Build the knowledge anew and swap it in, or keep the old one and say what is wrong."""
    place, language = incoming.destination, incoming.language
    async with typing(context.bot, place):
        outcome = await attempt(context.services)
    await tell(context.bot, place, outcome, context.texts, language)
