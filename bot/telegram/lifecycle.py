"""The bot from start to stop: it connects, receives updates by polling or webhook, and finishes those in progress."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from telegram import Update
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.errors import SettingsError
from bot.storage import inbox_worker, leader_election, notifications, retention
from bot.telegram.access import menus
from bot.telegram.client import Backoff, OutageLog, unless_stopped
from bot.telegram.context import App
from bot.telegram.curation import apply_approved, follow_approvals, watch_files
from bot.telegram.error_handlers import describe
from bot.telegram.updates import WEBHOOK_PATH, Endpoints, poll, serving

LOG = logging.getLogger(__name__)

ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)
"""The kinds of updates that Telegram is asked for."""
THREAD_SWITCH_SECONDS = 0.001
"""How long a thread that computes may keep the event loop waiting."""
SHUTDOWN_SECONDS = 10.0
"""Time for the updates in progress to be finished when the bot stops."""
CANCEL_SECONDS = 2.0
"""Time for cancelled tasks to end."""
DATABASE_TIMEOUT_SECONDS = 1.0
"""Time after which a database counts as unavailable when the bot stops."""


def run(application: App) -> None:
    """Serve Telegram until SIGTERM or SIGINT; a second signal ends the process at once.

    Raises SettingsError where Telegram refuses the token, and StorageError where the database can't be used.
    """
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    asyncio.run(_run(application))


async def _run(application: App) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.set_exception_handler(log_unhandled)
    # More threads than processors would only take turns, and each would keep the event loop waiting.
    loop.set_default_executor(ThreadPoolExecutor(1 + (os.cpu_count() or 1)))
    _stop_on_signals(loop, stop)
    await serve(application, stop)


def _stop_on_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` at the first signal, and leave the second to the system."""

    def on_signal(name: signal.Signals) -> None:
        stop.set()
        for each in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        LOG.info("%s: finishing the updates in progress; the rest stays in the inbox", name.name)

    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, on_signal, name)
        except NotImplementedError:  # on Windows
            signal.signal(name, lambda number, _: loop.call_soon_threadsafe(on_signal, signal.Signals(number)))


def log_unhandled(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an exception that no task awaited: a defect in one line, without the exception's words.

    A lost connection is no defect, and whoever used it has reported that; the event loop reports it again where it
    couldn't be closed in order.
    """
    error = context.get("exception")
    if not isinstance(error, OSError):
        LOG.error("Defect: %s%s", context["message"], f": {describe(error)}" if error is not None else "")
    LOG.debug("Not awaited: %s", context["message"], exc_info=error)


async def serve(application: App, stop: asyncio.Event, shutdown_seconds: float = SHUTDOWN_SECONDS) -> None:
    """Receive updates and answer them until `stop` is set.

    What isn't finished `shutdown_seconds` later stays in the inbox.
    """
    services = application.services
    try:
        await unless_stopped(stop, services.database.upgrade())
        if stop.is_set():
            return
        await apply_approved(services)
        # Hosts expect a web process to listen within a minute, whether Telegram can be reached or not.
        async with serving(_endpoints(application).application(), services.options.http_server):
            if not await _retry_until_stopped(application, stop, application.initialize):
                return
            await application.start()
            await application.inbox.worker.start()
            await services.knowledge_sync.start()
            async with _background_tasks(application):
                await _receive_updates(application, stop)
    except InvalidToken:
        # Without its cause: the library's own message holds the token.
        raise SettingsError(token_refused(application)) from None
    finally:
        await _shut_down(application, shutdown_seconds)


def _endpoints(application: App) -> Endpoints:
    services = application.services
    http_server = services.options.http_server
    secret = http_server.secret if http_server is not None and http_server.webhook is not None else None
    return Endpoints(
        application.inbox,
        services.metrics,
        secret,
        services.assistant,
        lambda: services.knowledge_sync.failure_reason,
    )


@asynccontextmanager
async def _background_tasks(application: App) -> AsyncIterator[None]:
    """Run what goes on next to the updates: retention, notifications of other replicas, the watch over the files."""
    services = application.services
    stopping, approved = asyncio.Event(), asyncio.Event()
    reactions = {
        notifications.INBOX: application.inbox.worker.wake,
        notifications.KNOWLEDGE: services.knowledge_sync.wake,
        notifications.PHRASINGS: approved.set,
    }
    # Retention is stopped by its event and not cancelled, so that a deletion is finished.
    retention_task = asyncio.create_task(
        retention.run_retention(services.database, services.options.retention_days, stopping)
    )
    works = (
        notifications.listen(services.database, reactions),
        services.knowledge_sync.follow(),
        follow_approvals(services, approved),
        watch_files(services, application.bot),
    )
    following = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        stopping.set()
        for task in following:
            task.cancel()
        _, slow = await asyncio.wait([retention_task, *following], timeout=CANCEL_SECONDS)
        for task in slow:
            task.cancel()


async def _receive_updates(application: App, stop: asyncio.Event) -> None:
    """Have Telegram deliver updates by webhook, or poll, until `stop` is set."""
    services, bot = application.services, application.bot
    application.create_task(menus.publish(bot, services.texts, services.options.admins))
    _log_start(application)
    if services.options.http_server is not None and services.options.http_server.webhook is not None:
        await _receive_by_webhook(
            application, stop, services.options.http_server.webhook, services.options.http_server.secret
        )
    elif await _retry_until_stopped(application, stop, bot.delete_webhook):
        inbox = application.inbox
        await leader_election.run_as_leader(
            services.database,
            inbox.worker.replica,
            lambda over: poll(bot, inbox.enqueue, over, ALLOWED_UPDATES),
            stop,
            "it polls",
        )


async def _receive_by_webhook(application: App, stop: asyncio.Event, public_url: str, secret: SecretStr) -> None:
    url = f"{public_url}{WEBHOOK_PATH}"
    set_webhook = partial(
        application.bot.set_webhook, url, secret_token=secret.get_secret_value(), allowed_updates=ALLOWED_UPDATES
    )
    try:
        was_set = await _retry_until_stopped(application, stop, set_webhook)
    except BadRequest as refused:
        raise SettingsError(webhook_refused(public_url, refused.message)) from None
    if was_set:
        LOG.info("Telegram delivers to %s", url)
        await stop.wait()


async def _retry_until_stopped(application: App, stop: asyncio.Event, request: Callable[[], Awaitable[object]]) -> bool:
    """Make a request until it succeeds, however long Telegram is out of reach; False where `stop` was set meanwhile.

    Raises InvalidToken and BadRequest, which Telegram would only repeat.
    """
    backoff, proxy = Backoff(OutageLog(LOG)), application.services.options.proxy
    while not stop.is_set():
        try:
            await request()
        except (InvalidToken, BadRequest):
            raise
        except TelegramError as error:
            check = "the network and BOT_API_URL" if proxy is None else f"the network and {proxy.variable}"
            advice = f"Telegram can't be reached ({error}); trying again until it can, check {check}"
            await unless_stopped(stop, asyncio.sleep(backoff.record_failure(error, advice)))
        else:
            backoff.record_success()
            return True
    return False


def token_refused(application: App) -> str:
    """Return what to do where Telegram doesn't accept the token; without the token."""
    host = urlsplit(application.bot.base_url).hostname
    return f"BOT_TOKEN: {host} refuses this token; copy it again from @BotFather (and check BOT_API_URL, if it is set)"


def webhook_refused(public_url: str, reason: str) -> str:
    """Return what to do where Telegram won't deliver to a URL; without the user and password that it may hold."""
    where = public_url.rpartition("@")[2].removeprefix("https://")
    return (
        f"BOT_WEBHOOK_URL: Telegram won't deliver to {where} ({reason}); give a public https address on port 443, 80, "
        "88 or 8443 with a certificate that Telegram trusts, or leave it unset for long polling"
    )


def _log_start(application: App) -> None:
    knowledge = application.services.assistant.knowledge
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


async def _shut_down(application: App, seconds: float) -> None:
    """Finish the updates in progress, as long as there is time, record their completion, and close all connections."""
    database = application.services.database
    if application.running:
        recording_seconds = inbox_worker.STOP_TIMEOUT_SECONDS
        if not await database.responds(DATABASE_TIMEOUT_SECONDS):
            # Completions can't be recorded; the host would kill a process that waits for that.
            seconds = recording_seconds = DATABASE_TIMEOUT_SECONDS / 2
        worker = application.inbox.worker
        worker.stop_dispatching()
        await _finish_updates(application, seconds)
        await worker.stop(recording_seconds)
    await application.shutdown()
    await database.close()
    await application.bot.shutdown()  # also where the start failed and the application doesn't do it


async def _finish_updates(application: App, seconds: float) -> None:
    """Wait for the updates in progress; cancel those that aren't finished in time, which stay in the inbox."""
    stopping = asyncio.create_task(application.stop())
    try:
        async with asyncio.timeout(seconds):
            await asyncio.shield(stopping)
    except TimeoutError:
        in_progress = application.inbox.worker.in_progress
        LOG.warning("%d updates weren't finished within %.0f seconds; they stay in the inbox", in_progress, seconds)
        application.chat_order.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(CANCEL_SECONDS):
                await stopping
