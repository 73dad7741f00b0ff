"""What happens to the bot itself in groups: it is added to one, or a group becomes a supergroup."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.telegram.access import interface_language
from bot.telegram.answering import question_keyboard
from bot.telegram.client.send import Destination, send
from bot.telegram.context import Context
from bot.telegram.ui import popular

EXAMPLE_COUNT = 3
"""Number of questions to tap below the introduction."""


async def greet_group(update: Update, context: Context) -> None:
    """Introduce the bot in a group that it was added to, once a day at most."""
    change = update.my_chat_member
    if change is None or change.chat.type not in {ChatType.GROUP, ChatType.SUPERGROUP}:
        return
    if not _is_member(change.new_chat_member) or _is_member(change.old_chat_member):
        return
    if context.services.recent.introductions.seen(change.chat.id):
        return
    language = interface_language(change.from_user.language_code)
    intro = context.texts(language, "group.intro", username=context.me.username)
    keyboard = question_keyboard(popular(context.assistant.knowledge)[:EXAMPLE_COUNT], language)
    await send(context.bot, Destination(change.chat.id, None, None, group=True), [escape(intro)], keyboard)


async def follow_migration(update: Update, context: Context) -> None:
    """Move a group's settings to the supergroup that it became, and don't introduce the bot there again."""
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        context.services.recent.introductions.seen(message.migrate_to_chat_id)
        pseudonyms = context.services.pseudonyms
        group, supergroup = pseudonyms.chat(message.chat.id), pseudonyms.chat(message.migrate_to_chat_id)
        await context.services.preferences.move_settings(group, supergroup)


def _is_member(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in {ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER}
