"""The commands for everybody, and the buttons of /topics; /ask is a question like any other and goes to `questions`."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatType

from bot.answers.curated_texts import shown
from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.telegram.access import menus
from bot.telegram.access.chat_settings import language_for
from bot.telegram.access.rights import is_admin
from bot.telegram.answering.answer_keyboards import questions
from bot.telegram.answering.deliver import give
from bot.telegram.browsing.topic_pages import Browser, Entries, Interviews, Read, Sections
from bot.telegram.client.callback_answers import answer_callback
from bot.telegram.client.edit import edit
from bot.telegram.client.send import reply_target, send
from bot.telegram.context import Context
from bot.telegram.ui.callback_data import Button, CallbackHandler
from bot.telegram.ui.popular import popular
from bot.telegram.ui.short_ids import find_entry

EXAMPLES = 4
"""Questions to begin with, below the introduction."""


async def start(update: Update, context: Context) -> None:
    """Introduce the bot, or answer the entry that a deep link names."""
    message = update.message
    if message is None:
        return
    language = await language_for(context, message)
    knowledge = context.assistant.knowledge
    if context.args and (entry := find_entry(knowledge, context.args[0])):
        await give(context, reply_target(message), entry, language)
        return
    gone = [escape(context.texts(language, "telegram.gone"))] if context.args else []
    titles = context.texts(language, "telegram.comma").join(
        shown(interview.title, language) for interview in knowledge.interviews
    )
    intro = [escape(context.texts(language, "telegram.intro", titles=titles)), escape(_how_to_ask(context, language))]
    await send(context.bot, reply_target(message), gone + intro, questions(popular(knowledge)[:EXAMPLES], language))
    if message.chat.type == ChatType.PRIVATE:
        await _set_menu(message, context)


async def show_help(update: Update, context: Context) -> None:
    """Explain how to ask, and list the commands."""
    message = update.message
    if message is None:
        return
    language = await language_for(context, message)
    listed: tuple[str, ...] = menus.FOR_ALL if message.chat.type == ChatType.PRIVATE else menus.FOR_GROUP_ADMINS
    if message.chat.type == ChatType.PRIVATE and is_admin(message, context.services.admins):
        listed += menus.FOR_ADMINS
    commands = "\n".join(f"/{name} – {menus.description(context.texts, language, name)}" for name in listed)
    await send(context.bot, reply_target(message), [escape(_how_to_ask(context, language)), escape(commands)])


async def topics(update: Update, context: Context) -> None:
    """Open the table of contents, which is browsed by buttons."""
    if update.message is None:
        return
    language = await language_for(context, update.message)
    page = Browser(context.assistant.knowledge, context.texts, language).first()
    await send(context.bot, reply_target(update.message), page.paragraphs, page.keyboard)


async def turned_topics(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Button
) -> None:
    """Show in place what somebody chose from the table of contents."""
    page = Browser(context.assistant.knowledge, context.texts, button.language).page(button)
    if page is None:
        await answer_callback(query, context.texts(button.language, "telegram.gone"))
        return
    await answer_callback(query)
    messages = await edit(context.bot, message, page.paragraphs, page.keyboard)
    if isinstance(button, Read) and (entry := find_entry(context.assistant.knowledge, button.entry)):
        context.services.answers.note_about(message.chat.id, messages, [entry])


async def unknown(update: Update, context: Context) -> None:
    """Say that there is no such command; only in private, for in groups it may be another bot's."""
    if update.message is None:
        return
    text = context.texts(await language_for(context, update.message), "telegram.unknown_command")
    await send(context.bot, reply_target(update.message), [escape(text)])


def _how_to_ask(context: Context, language: Language) -> str:
    return context.texts(language, "telegram.how_to_ask", username=context.me.username)


async def _set_menu(message: Message, context: Context) -> None:
    """Give the menu of a private chat what its user may do, and take away what isn't so any more."""
    if is_admin(message, context.services.admins):
        await menus.publish_for_admin(context.bot, context.texts, message.chat.id)
    else:
        await menus.withdraw(context.bot, message.chat.id)


CALLBACKS: Mapping[type[Button], CallbackHandler] = dict.fromkeys((Interviews, Sections, Entries, Read), turned_topics)
"""The buttons answered here, each with its handler."""
