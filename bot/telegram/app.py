"""The Telegram bot as a whole: its handlers, and what they are built into."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import cast

from pydantic import SecretStr
from telegram import Message, Update
from telegram.ext import (
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.telegram import callbacks, errors
from bot.telegram.access.guards import for_admins, rate_limited
from bot.telegram.answering import ask, conversation_state, inline
from bot.telegram.answering.addressed import ASK, from_somebody
from bot.telegram.answering.command_handler import BeginsWithCommand, TypedCommandHandler
from bot.telegram.browsing import commands, random_commands
from bot.telegram.client import BotClient, HttpClient, UpdatesHttpClient
from bot.telegram.context import App, Context, Services
from bot.telegram.curation import gap_review, reload_command
from bot.telegram.monitoring import diagnosis, stats
from bot.telegram.settings import group_settings, membership, personal_language, privacy
from bot.telegram.updates import ChatOrder, InboxQueue, UnreadableUpdate

LOG = logging.getLogger(__name__)


TELEGRAM = "https://api.telegram.org/bot"
"""The Bot API of Telegram itself."""
BEFORE, DEFAULT_GROUP, AFTER = -10, 0, 10
"""Groups of handlers; of each, one handles an update, in this order."""


class _FromSomebody(filters.MessageFilter):
    """Messages by people, or by chats in whose name people write."""

    def filter(self, message: Message) -> bool:
        return from_somebody(message)


def handlers() -> Sequence[BaseHandler[Update, Context, None]]:
    """List what the bot reacts to; the first that fits an update handles it."""
    new = filters.UpdateType.MESSAGE & _FromSomebody()
    typed = new & ~filters.IS_AUTOMATIC_FORWARD
    return (
        TypedCommandHandler("start", rate_limited(commands.start), typed),
        TypedCommandHandler("help", rate_limited(commands.show_help), typed),
        TypedCommandHandler("topics", rate_limited(commands.topics), typed),
        TypedCommandHandler("random", rate_limited(random_commands.random), typed),
        TypedCommandHandler("quote", rate_limited(random_commands.quote), typed),
        TypedCommandHandler(ASK, ask.answer, new),
        TypedCommandHandler("stats", rate_limited(for_admins(stats.tell)), typed),
        TypedCommandHandler("gaps", rate_limited(for_admins(gap_review.show)), typed),
        TypedCommandHandler("lang", rate_limited(personal_language.choose), typed),
        TypedCommandHandler("settings", rate_limited(group_settings.show), typed),
        TypedCommandHandler("privacy", rate_limited(privacy.explain), typed),
        TypedCommandHandler("forget", rate_limited(privacy.forget), typed),
        TypedCommandHandler("diag", rate_limited(for_admins(diagnosis.diagnose)), typed),
        TypedCommandHandler(
            "reload", rate_limited(for_admins(reload_command.reload)), typed, block=False
        ),  # it takes seconds, and its chat goes on
        MessageHandler(filters.StatusUpdate.MIGRATE, membership.migrated),
        MessageHandler(new & filters.ChatType.PRIVATE & BeginsWithCommand(), rate_limited(commands.unknown)),
        MessageHandler(new, ask.answer),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & _FromSomebody(), ask.revise),
        CallbackQueryHandler(callbacks.tapped),
        InlineQueryHandler(inline.offered),
        ChatMemberHandler(membership.membership, ChatMemberHandler.MY_CHAT_MEMBER),
    )


def build(token: SecretStr, services: Services, api_url: str | None = None) -> App:
    """Put the application together; nothing is sent yet. `api_url` reaches up to and with `/bot`."""
    # The library's coming default; without it, every flood wait warns of a deprecation.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    # The library calls this once for its data, and asks no more of it than to be callable.
    made_services = cast("type[Services]", lambda: services)
    queue = InboxQueue(services.database, services.names, services.memories, services.concurrency)
    order = ChatOrder(services.concurrency, services.attempts, queue.worker)
    where = api_url or TELEGRAM
    client = BotClient(
        token.get_secret_value(),
        base_url=where,
        base_file_url=f"{where.removesuffix('/bot')}/file/bot",
        request=HttpClient(2 * services.concurrency, services.proxy),
        get_updates_request=UpdatesHttpClient(2, services.proxy),
    )
    builder = (
        ApplicationBuilder()
        .bot(client)
        .context_types(ContextTypes(context=Context, bot_data=made_services))
        .concurrent_updates(order)
        .update_queue(queue)
        .updater(None)
        .job_queue(None)
    )
    application: App = builder.build()
    queue.bot, order.process_again = application.bot, application.process_update
    application.add_handlers(
        {
            BEFORE: [TypeHandler(Update, conversation_state.recall)],
            DEFAULT_GROUP: [*handlers(), TypeHandler(UnreadableUpdate, errors.unreadable)],
            AFTER: [TypeHandler(Update, conversation_state.keep)],
        }
    )
    application.add_error_handler(errors.failed)
    return application
