"""The menus in which Telegram lists the commands: one for everybody, for groups, their admins, and the bot's admins."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.knowledge.model import Language
from bot.telegram.client import with_retries
from bot.text import Texts

LOG = logging.getLogger(__name__)

FOR_ALL = ("ask", "topics", "random", "quote", "lang", "privacy", "forget", "help", "start")
"""Commands in everybody's menu, in its order."""
FOR_GROUPS = ("ask", "topics", "random", "quote", "help")
"""Commands in the menus of groups, where nobody needs to start anything."""
FOR_GROUP_ADMINS = (*FOR_GROUPS, "settings")
"""Commands in the menus of a group's admins."""
FOR_ADMINS = ("stats", "gaps", "reload", "diag")
"""Commands in the menus of the private chats of the bot's admins, in addition to `FOR_ALL`."""

MENU_LANGUAGES: tuple[tuple[str, Language], ...] = (("", "en"), ("zh", "zh"))
"""Telegram's language codes have two letters: "zh" serves both Chinese scripts, and "" all other languages."""
UNUSED_SCOPES = (BotCommandScopeAllPrivateChats(),)
"""Scopes without a menu of ours: a menu that another programme with the same token has left there would hide ours."""


def description(texts: Texts, language: str, command: str) -> str:
    """Return what a command does, in a few words."""
    return texts(language, f"commands.{command}")


async def publish(bot: Bot, texts: Texts, admins: Iterable[int]) -> None:
    """Set the menus of all scopes; one that can't be set is logged, and set at the next start."""
    await _set(bot, texts, FOR_ALL, BotCommandScopeDefault())
    await _set(bot, texts, FOR_GROUPS, BotCommandScopeAllGroupChats())
    await _set(bot, texts, FOR_GROUP_ADMINS, BotCommandScopeAllChatAdministrators())
    for scope in UNUSED_SCOPES:
        await _delete(bot, scope)
    for admin in admins:
        await publish_for_admin(bot, texts, admin)


async def publish_for_admin(bot: Bot, texts: Texts, admin: int) -> None:
    """Set the menu of an admin's private chat, which exists once the admin has started the bot."""
    await _set(bot, texts, FOR_ALL + FOR_ADMINS, BotCommandScopeChat(admin))


async def withdraw(bot: Bot, user: int) -> None:
    """Delete the menu that a private chat got when its user was an admin."""
    await _delete(bot, BotCommandScopeChat(user))


async def _set(bot: Bot, texts: Texts, commands: Iterable[str], scope: BotCommandScope) -> None:
    requests = []
    for code, language in MENU_LANGUAGES:
        menu = [BotCommand(command, description(texts, language, command)) for command in commands]
        requests.append(partial(bot.set_my_commands, menu, scope=scope, language_code=code))
    await _request_all(scope, requests)


async def _delete(bot: Bot, scope: BotCommandScope) -> None:
    requests = [partial(bot.delete_my_commands, scope=scope, language_code=code) for code, _ in MENU_LANGUAGES]
    await _request_all(scope, requests)


async def _request_all(scope: BotCommandScope, requests: Iterable[Callable[[], Awaitable[bool]]]) -> None:
    for request in requests:
        try:
            await with_retries(request)
        except TelegramError as error:
            LOG.info("The command menu of %s wasn't set (%s); it is set at the next start", scope.type, error)
            return
