"""The commands, and the menus that list them in Telegram."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial

from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from bot.knowledge.model import Language
from bot.telegram.send import patiently
from bot.text import Texts

LOG = logging.getLogger(__name__)

FOR_ALL = ("ask", "topics", "help", "start")
"""Commands in everybody's menu, in its order."""
FOR_ADMINS = ("reload",)
"""Commands in the menus of the admins' private chats besides."""

MENU_LANGUAGES: tuple[tuple[str, Language], ...] = (("", "en"), ("zh", "zh"))
"""Telegram's language codes have two letters: "zh" serves both Chinese scripts, and "" all other languages."""


def description(texts: Texts, language: str, command: str) -> str:
    """Say in a few words what a command does."""
    return texts(language, f"commands.{command}")


async def publish(bot: Bot, texts: Texts, admins: Iterable[int]) -> None:
    """Tell Telegram the commands; a menu that can't be set is no reason not to start."""
    await _set(bot, texts, FOR_ALL, BotCommandScopeDefault())
    for admin in admins:
        await publish_for_admin(bot, texts, admin)


async def publish_for_admin(bot: Bot, texts: Texts, admin: int) -> None:
    """Tell Telegram the commands of an admin's private chat, which exists once the admin has started the bot."""
    await _set(bot, texts, FOR_ALL + FOR_ADMINS, BotCommandScopeChat(admin))


async def _set(bot: Bot, texts: Texts, commands: Iterable[str], scope: BotCommandScope) -> None:
    for code, language in MENU_LANGUAGES:
        menu = [BotCommand(command, description(texts, language, command)) for command in commands]
        try:
            await patiently(partial(bot.set_my_commands, menu, scope=scope, language_code=code))
        except TelegramError as error:
            LOG.info("The command menu of %s wasn't set (%s); it is set at the next start", scope.type, error)
            return
