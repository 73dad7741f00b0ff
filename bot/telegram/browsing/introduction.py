"""/start and /help: what the bot is and how to ask; and the reply to commands that don't exist."""

from __future__ import annotations

from telegram import Message
from telegram.constants import ChatType

from bot.answers.curated_texts import localized
from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.telegram.access import Incoming, menus, written_by_admin
from bot.telegram.answering import deliver_entry, question_keyboard
from bot.telegram.client import send
from bot.telegram.context import Context
from bot.telegram.ui import find_entry, popular

EXAMPLE_COUNT = 4
"""Number of questions to tap below the introduction."""


async def start(incoming: Incoming, context: Context) -> None:
    """Introduce the bot; where a deep link names an entry, show that entry instead."""
    message, language = incoming.message, incoming.language
    knowledge = context.assistant.knowledge
    if context.args and (entry := find_entry(knowledge, context.args[0])):
        await deliver_entry(context, incoming.destination, incoming.settings, entry, language)
        return
    gone = [escape(context.texts(language, "telegram.gone"))] if context.args else []
    titles = context.texts(language, "telegram.comma").join(
        localized(interview.title, language) for interview in knowledge.interviews
    )
    intro = [escape(context.texts(language, "telegram.intro", titles=titles)), escape(_how_to_ask(context, language))]
    examples = question_keyboard(popular(knowledge)[:EXAMPLE_COUNT], language)
    await send(context.bot, incoming.destination, gone + intro, examples)
    if message.chat.type == ChatType.PRIVATE:
        await _update_menu(message, context)


async def show_help(incoming: Incoming, context: Context) -> None:
    """Explain how to ask, and list the commands that whoever asks may use there."""
    message, language = incoming.message, incoming.language
    listed: tuple[str, ...] = menus.FOR_ALL if message.chat.type == ChatType.PRIVATE else menus.FOR_GROUP_ADMINS
    if message.chat.type == ChatType.PRIVATE and written_by_admin(message, context.services.options.admins):
        listed += menus.FOR_ADMINS
    commands = "\n".join(f"/{name} – {menus.description(context.texts, language, name)}" for name in listed)
    await send(context.bot, incoming.destination, [escape(_how_to_ask(context, language)), escape(commands)])


async def report_unknown_command(incoming: Incoming, context: Context) -> None:
    """Reply that there is no such command; for private chats, as in groups it may be another bot's."""
    text = context.texts(incoming.language, "telegram.unknown_command")
    await send(context.bot, incoming.destination, [escape(text)])


def _how_to_ask(context: Context, language: Language) -> str:
    return context.texts(language, "telegram.how_to_ask", username=context.me.username)


async def _update_menu(message: Message, context: Context) -> None:
    """Publish the admin menu in an admin's private chat; withdraw it from the chat of anybody else."""
    if written_by_admin(message, context.services.options.admins):
        await menus.publish_for_admin(context.bot, context.texts, message.chat.id)
    else:
        await menus.withdraw(context.bot, message.chat.id)
