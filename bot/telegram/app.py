"""Puts the Telegram application together: its handlers, in one list, its client, inbox and order of updates."""

from __future__ import annotations

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

from bot.telegram import browsing, callbacks, curation, error_handlers, settings
from bot.telegram.access import for_admins, rate_limited
from bot.telegram.answering import conversation_state, inline, question_handlers
from bot.telegram.answering.addressed import ASK, is_from_person
from bot.telegram.client import BotClient, HttpClient, UpdatesHttpClient
from bot.telegram.context import App, Context
from bot.telegram.monitoring import diagnosis, stats
from bot.telegram.services import Options, Services
from bot.telegram.typed_commands import BeginsWithCommand, TypedCommandHandler
from bot.telegram.updates import ChatOrder, InboxQueue, UnreadableUpdate

TELEGRAM_API_URL = "https://api.telegram.org/bot"
"""Where Telegram serves the Bot API; the token follows."""
LOAD, HANDLE, SAVE = -10, 0, 10
"""Groups of handlers, in this order; in each, the first handler that fits an update handles it."""


class _FromPerson(filters.MessageFilter):
    """Messages by people, or by chats in whose name people write."""

    def filter(self, message: Message) -> bool:
        return is_from_person(message)


def handlers() -> Sequence[BaseHandler[Update, Context, None]]:
    """List what the bot reacts to; the first handler that fits an update handles it."""
    new = filters.UpdateType.MESSAGE & _FromPerson()
    typed = new & ~filters.IS_AUTOMATIC_FORWARD
    return (
        TypedCommandHandler("start", rate_limited(browsing.start), typed),
        TypedCommandHandler("help", rate_limited(browsing.show_help), typed),
        TypedCommandHandler("topics", rate_limited(browsing.show_topics), typed),
        TypedCommandHandler("random", rate_limited(browsing.offer_question), typed),
        TypedCommandHandler("quote", rate_limited(browsing.show_quote), typed),
        TypedCommandHandler(ASK, question_handlers.answer, new),
        TypedCommandHandler("stats", rate_limited(for_admins(stats.show_statistics)), typed),
        TypedCommandHandler("gaps", rate_limited(for_admins(curation.show_gaps)), typed),
        TypedCommandHandler("lang", rate_limited(settings.choose_language), typed),
        TypedCommandHandler("settings", rate_limited(settings.show_settings), typed),
        TypedCommandHandler("privacy", rate_limited(settings.explain_privacy), typed),
        TypedCommandHandler("forget", rate_limited(settings.forget_person), typed),
        TypedCommandHandler("diag", rate_limited(for_admins(diagnosis.diagnose)), typed),
        TypedCommandHandler(
            "reload", rate_limited(for_admins(curation.reload_knowledge)), typed, block=False
        ),  # it takes seconds, and its chat goes on
        MessageHandler(filters.StatusUpdate.MIGRATE, settings.follow_migration),
        MessageHandler(
            new & filters.ChatType.PRIVATE & BeginsWithCommand(), rate_limited(browsing.report_unknown_command)
        ),
        MessageHandler(new, question_handlers.answer),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & _FromPerson(), question_handlers.answer_edited),
        CallbackQueryHandler(callbacks.handle_tap),
        InlineQueryHandler(inline.answer_inline_query),
        ChatMemberHandler(settings.greet_group, ChatMemberHandler.MY_CHAT_MEMBER),
    )


def build(token: SecretStr, services: Services, api_url: str | None = None) -> App:
    """Put the application together; nothing is sent yet. `api_url` ends with `/bot`; None for Telegram's own."""
    # The coming default of the library, which otherwise warns of a deprecation at every flood wait.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    concurrency = services.options.concurrency
    client = _client(token, services.options, api_url or TELEGRAM_API_URL)
    inbox = InboxQueue(client, services.database, services.pseudonyms, services.write_behind, concurrency)

    async def handle(update: object) -> None:
        await application.process_update(update)

    order = ChatOrder(concurrency, services.attempts, inbox.worker, handle)
    built = (
        ApplicationBuilder()
        .application_class(App, {"services": services})
        .bot(client)
        .context_types(ContextTypes(context=Context))
        .concurrent_updates(order)
        .update_queue(inbox)
        .updater(None)
        .job_queue(None)
        .build()
    )
    application = cast("App", built)  # the builder's types don't follow `application_class`
    application.add_handlers(
        {
            LOAD: [TypeHandler(Update, conversation_state.load_state)],
            HANDLE: [*handlers(), TypeHandler(UnreadableUpdate, error_handlers.handle_unreadable)],
            SAVE: [TypeHandler(Update, conversation_state.save_state)],
        }
    )
    application.add_error_handler(error_handlers.handle_error)
    return application


def _client(token: SecretStr, options: Options, api_url: str) -> BotClient:
    return BotClient(
        token.get_secret_value(),
        base_url=api_url,
        base_file_url=f"{api_url.removesuffix('/bot')}/file/bot",
        request=HttpClient(2 * options.concurrency, options.proxy),
        get_updates_request=UpdatesHttpClient(2, options.proxy),
    )
