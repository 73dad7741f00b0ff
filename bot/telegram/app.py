"""The Telegram bot as a whole: its handlers, its start and its end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from pydantic import SecretStr
from telegram import Message, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.errors import SettingsError
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
    learning,
    menus,
    own_language,
    privacy,
    questions,
    taps,
)
from bot.telegram.addressed import ASK, from_somebody
from bot.telegram.context import App, Context, Services
from bot.telegram.gate import limited
from bot.telegram.order import ChatOrder
from bot.telegram.outage import Outage, asked_to_wait
from bot.telegram.polling import Take, poll
from bot.telegram.waiting import unless

LOG = logging.getLogger(__name__)

WANTED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER)
"""The kinds of updates that Telegram is asked for."""
GRACE = 20.0
"""Seconds that updates in the house get to be finished when the bot stops."""


class _FromSomebody(filters.MessageFilter):
    """Messages by people, or by chats in whose name people write."""

    def filter(self, message: Message) -> bool:
        return from_somebody(message)


def handlers() -> Sequence[BaseHandler[Update, Context, None]]:
    """List what the bot reacts to; the first that fits an update handles it."""
    new = filters.UpdateType.MESSAGE & _FromSomebody()
    typed = new & ~filters.IS_AUTOMATIC_FORWARD
    return (
        CommandHandler("start", limited(commands.start), typed),
        CommandHandler("help", limited(commands.show_help), typed),
        CommandHandler("topics", limited(commands.topics), typed),
        CommandHandler("random", limited(chance.random), typed),
        CommandHandler("quote", limited(chance.quote), typed),
        CommandHandler(ASK, questions.answer, new),
        CommandHandler("gaps", limited(gaps.show), typed),
        CommandHandler("lang", limited(own_language.choose), typed),
        CommandHandler("settings", limited(group_settings.show), typed),
        CommandHandler("privacy", limited(privacy.explain), typed),
        CommandHandler("forget", limited(privacy.forget), typed),
        CommandHandler("diag", limited(diagnosis.diagnose), typed),
        CommandHandler("reload", limited(admin.reload), typed, block=False),  # it takes seconds, and its chat goes on
        MessageHandler(filters.StatusUpdate.MIGRATE, groups.migrated),
        MessageHandler(new & filters.ChatType.PRIVATE & filters.COMMAND, limited(commands.unknown)),
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
    builder = (
        ApplicationBuilder()
        .token(token.get_secret_value())
        .context_types(ContextTypes(context=Context, bot_data=made_services))
        .concurrent_updates(ChatOrder())
        .updater(None)
        .job_queue(None)
    )
    if api_url is not None:
        builder = builder.base_url(api_url).base_file_url(f"{api_url.removesuffix('/bot')}/file/bot")
    application: App = builder.build()
    application.add_handlers(list(handlers()))
    application.add_error_handler(failures.failed)
    return application


def run(token: SecretStr, services: Services, api_url: str | None = None) -> None:
    """Serve Telegram by long polling until SIGTERM or SIGINT; raise SettingsError where it refuses the token."""
    asyncio.run(_run(build(token, services, api_url)))


async def _run(application: App) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # on Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    await serve(application, stop)


async def serve(application: App, stop: asyncio.Event) -> None:
    """Poll and answer until `stop` is set, then finish what was begun."""
    try:
        services = application.bot_data
        await services.database.upgrade()
        await learning.learn(services)
        if not await _connect(application, stop):
            return
        await application.start()
        application.create_task(menus.publish(application.bot, services.texts, services.admins))
        _tell_start(application)
        await poll(application.bot, _queue(application), stop, WANTED)
    except InvalidToken:
        # Without its cause: the library's own message holds the token.
        raise SettingsError(refusal(application)) from None
    finally:
        await _finish(application)


async def _connect(application: App, stop: asyncio.Event) -> bool:
    """Ask Telegram who we are, again and again while it is out of reach; False where `stop` was set meanwhile."""
    outage = Outage(LOG)
    while not stop.is_set():
        try:
            await application.initialize()
        except InvalidToken:
            raise
        except TelegramError as error:
            advice = (
                f"Telegram can't be reached ({error}); trying again until it can, check the network and BOT_API_URL"
            )
            await unless(stop, asyncio.sleep(outage.failed(advice, asked_to_wait(error))))
        else:
            outage.over()
            return True
    return False


def _queue(application: App) -> Take:
    async def take(updates: Sequence[Update]) -> None:
        for update in updates:
            await application.update_queue.put(update)

    return take


def refusal(application: App) -> str:
    """Say that Telegram doesn't take the token, without the token."""
    host = urlsplit(application.bot.base_url).hostname
    return f"BOT_TOKEN: {host} refuses this token; copy it again from @BotFather (and check BOT_API_URL, if it is set)"


def _tell_start(application: App) -> None:
    knowledge = application.bot_data.assistant.knowledge
    me = application.bot.bot
    LOG.info("@%s answers from %d entries (version %s)", me.username, len(knowledge.by_key), knowledge.version)
    if not me.can_read_all_group_messages:
        LOG.info(
            "Privacy mode is on: in groups @%s surely gets replies and commands; if mentions don't arrive, "
            "send /setprivacy to @BotFather, choose Disable, and add the bot to the group again",
            me.username,
        )
    if not me.supports_inline_queries:
        LOG.info("Inline mode is off: @%s answers only in chats that it is in; /setinline at @BotFather", me.username)


async def _finish(application: App) -> None:
    if application.running:
        try:
            async with asyncio.timeout(GRACE):
                await application.stop()
        except TimeoutError:
            LOG.warning("Some updates weren't finished within %.0f seconds; they are given up", GRACE)
    await application.shutdown()
    await application.bot_data.database.close()
    await application.bot.shutdown()  # also where the start failed and the application doesn't do it
