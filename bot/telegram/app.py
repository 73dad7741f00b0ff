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

from bot.telegram import (
    admin,
    chance,
    commands,
    diagnosis,
    failures,
    gaps,
    group_settings,
    groups,
    inline,
    own_language,
    privacy,
    questions,
    remembering,
    stats,
    taps,
)
from bot.telegram.addressed import ASK, from_somebody
from bot.telegram.bot_client import BotClient, UpdatesRequest
from bot.telegram.command_handler import BeginsWithCommand, TypedCommandHandler
from bot.telegram.context import App, Context, Services
from bot.telegram.gate import for_admins, limited
from bot.telegram.inbox import InboxQueue, UnreadableUpdate
from bot.telegram.order import ChatOrder
from bot.telegram.request import Request

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
        TypedCommandHandler("start", limited(commands.start), typed),
        TypedCommandHandler("help", limited(commands.show_help), typed),
        TypedCommandHandler("topics", limited(commands.topics), typed),
        TypedCommandHandler("random", limited(chance.random), typed),
        TypedCommandHandler("quote", limited(chance.quote), typed),
        TypedCommandHandler(ASK, questions.answer, new),
        TypedCommandHandler("stats", limited(for_admins(stats.tell)), typed),
        TypedCommandHandler("gaps", limited(for_admins(gaps.show)), typed),
        TypedCommandHandler("lang", limited(own_language.choose), typed),
        TypedCommandHandler("settings", limited(group_settings.show), typed),
        TypedCommandHandler("privacy", limited(privacy.explain), typed),
        TypedCommandHandler("forget", limited(privacy.forget), typed),
        TypedCommandHandler("diag", limited(for_admins(diagnosis.diagnose)), typed),
        TypedCommandHandler(
            "reload", limited(for_admins(admin.reload)), typed, block=False
        ),  # it takes seconds, and its chat goes on
        MessageHandler(filters.StatusUpdate.MIGRATE, groups.migrated),
        MessageHandler(new & filters.ChatType.PRIVATE & BeginsWithCommand(), limited(commands.unknown)),
        MessageHandler(new, questions.answer),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & _FromSomebody(), questions.revise),
        CallbackQueryHandler(taps.tapped),
        InlineQueryHandler(inline.offered),
        ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
    )


def build(token: SecretStr, services: Services, api_url: str | None = None) -> App:
    """Put the application together; nothing is sent yet. `api_url` reaches up to and with `/bot`."""
    # The library's coming default; without it, every flood wait warns of a deprecation.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    # The library calls this once for its data, and asks no more of it than to be callable.
    made_services = cast("type[Services]", lambda: services)
    queue = InboxQueue(services.database, services.names, services.memories, services.concurrency)
    order = ChatOrder(services.concurrency, services.attempts, queue.clerk)
    where = api_url or TELEGRAM
    client = BotClient(
        token.get_secret_value(),
        base_url=where,
        base_file_url=f"{where.removesuffix('/bot')}/file/bot",
        request=Request(2 * services.concurrency, services.proxy),
        get_updates_request=UpdatesRequest(2, services.proxy),
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
    queue.bot, order.again = application.bot, application.process_update
    application.add_handlers(
        {
            BEFORE: [TypeHandler(Update, remembering.recall)],
            DEFAULT_GROUP: [*handlers(), TypeHandler(UnreadableUpdate, failures.unreadable)],
            AFTER: [TypeHandler(Update, remembering.keep)],
        }
    )
    application.add_error_handler(failures.failed)
    return application
