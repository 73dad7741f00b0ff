"""The bot's life: it connects, takes updates in by polling or by webhook, and ends."""

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
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.errors import SettingsError
from bot.storage import inbox_worker, leader_election, notifications, retention
from bot.telegram.access import menus
from bot.telegram.client.outage_log import Backoff, OutageLog
from bot.telegram.client.stop_signal import unless
from bot.telegram.context import App
from bot.telegram.curation import apply_approved, follow_approvals, watch_files
from bot.telegram.updates.http_server import WEBHOOK, Pages, serving
from bot.telegram.updates.polling import poll

LOG = logging.getLogger(__name__)

WANTED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER)
"""The kinds of updates that Telegram is asked for."""
THREAD_SWITCH_SECONDS = 0.001
"""Seconds that a thread that computes may keep the one that talks waiting."""
GRACE_SECONDS = 10.0
"""Seconds that updates in the house get to be finished when the bot stops."""

CANCEL_GRACE_SECONDS = 2.0
"""Seconds that what was given up gets to end."""

SILENCE = 1.0
"""Seconds after which a database is held to be silent when the bot stops."""
_LOGS_OF_CONNECTIONS = ("sqlalchemy.pool", "asyncio")
"""Where connections that are given up would complain at length; that the database is away has been told by then."""


def run(application: App) -> None:
    """Serve Telegram until SIGTERM or SIGINT, a second of which ends at once.

    Raises SettingsError where Telegram refuses the token, and StorageError where the database can't be had.
    """
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    asyncio.run(_run(application))


async def _run(application: App) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stopped(name: signal.Signals) -> None:
        stop.set()
        for each in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        LOG.info("%s: finishing what is at work; the rest stays in the inbox", name.name)

    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stopped, name)
        except NotImplementedError:  # on Windows
            signal.signal(name, lambda number, _: loop.call_soon_threadsafe(stopped, signal.Signals(number)))
    # More would only take turns, and each keep the event loop waiting.
    loop.set_default_executor(ThreadPoolExecutor(1 + (os.cpu_count() or 1)))
    await serve(application, stop)


async def serve(application: App, stop: asyncio.Event, grace: float = GRACE_SECONDS) -> None:
    """Take updates in and answer them until `stop` is set.

    What isn't finished `grace` seconds later stays in the inbox.
    """
    services, inbox = application.services, application.inbox
    webhook = services.options.listening is not None and services.options.listening.webhook is not None
    secret = services.options.listening.secret if services.options.listening is not None and webhook else None
    pages = Pages(inbox, services.metrics, secret, services.assistant, lambda: services.knowledge_sync.failure_reason)
    try:
        await unless(stop, services.database.upgrade())
        if stop.is_set():
            return
        await apply_approved(services)
        # Hosts give a web process a minute to listen, be Telegram within reach or not.
        async with serving(pages, services.options.listening):
            if not await _retry_until_stopped(application, stop, application.initialize):
                return
            await application.start()
            await inbox.clerk.start()
            await services.knowledge_sync.start()
            async with _background_tasks(application):
                await _receive_updates(application, stop)
    except InvalidToken:
        # Without its cause: the library's own message holds the token.
        raise SettingsError(refusal(application)) from None
    finally:
        await _finish(application, grace)


@asynccontextmanager
async def _background_tasks(application: App) -> AsyncIterator[None]:
    """Run what goes on all the while."""
    services, inbox = application.services, application.inbox
    over, approved = asyncio.Event(), asyncio.Event()
    reactions = {
        notifications.INBOX: inbox.clerk.wake,
        notifications.KNOWLEDGE: services.knowledge_sync.wake,
        notifications.PHRASINGS: approved.set,
    }
    tidying = asyncio.create_task(retention.run_retention(services.database, services.options.retention_days, over))
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
        over.set()
        for task in following:
            task.cancel()
        _, slow = await asyncio.wait([tidying, *following], timeout=CANCEL_GRACE_SECONDS)
        for task in slow:
            task.cancel()


async def _receive_updates(application: App, stop: asyncio.Event) -> None:
    services, inbox = application.services, application.inbox
    application.create_task(menus.publish(application.bot, services.texts, services.options.admins))
    _tell_start(application)
    listening = services.options.listening
    if listening is not None and listening.webhook is not None:
        secret = listening.secret.get_secret_value()
        where = f"{listening.webhook}{WEBHOOK}"
        set_webhook = partial(application.bot.set_webhook, where, secret_token=secret, allowed_updates=WANTED)
        try:
            delivered = await _retry_until_stopped(application, stop, set_webhook)
        except BadRequest as refused:
            raise SettingsError(refused_webhook(listening.webhook, refused.message)) from None
        if delivered:
            LOG.info("Telegram delivers to %s", where)
            await stop.wait()
    elif await _retry_until_stopped(application, stop, application.bot.delete_webhook):
        await leader_election.run_as_leader(
            services.database,
            inbox.clerk.replica,
            lambda over: poll(application.bot, inbox.keep, over, WANTED),
            stop,
            "it polls",
        )


async def _retry_until_stopped(application: App, stop: asyncio.Event, request: Callable[[], Awaitable[object]]) -> bool:
    """Make a request again and again while Telegram is out of reach; False where `stop` was set meanwhile.

    Raises InvalidToken and BadRequest, which Telegram would only repeat.
    """
    backoff, proxy = Backoff(OutageLog(LOG)), application.services.options.proxy
    while not stop.is_set():
        try:
            await request()
        except (InvalidToken, BadRequest):
            raise  # asking again would change nothing
        except TelegramError as error:
            check = "the network and BOT_API_URL" if proxy is None else f"the network and {proxy.variable}"
            advice = f"Telegram can't be reached ({error}); trying again until it can, check {check}"
            await unless(stop, asyncio.sleep(backoff.record_failure(error, advice)))
        else:
            backoff.record_success()
            return True
    return False


def refusal(application: App) -> str:
    """Say that Telegram doesn't take the token, without the token."""
    host = urlsplit(application.bot.base_url).hostname
    return f"BOT_TOKEN: {host} refuses this token; copy it again from @BotFather (and check BOT_API_URL, if it is set)"


def refused_webhook(address: str, reason: str) -> str:
    """Say that Telegram won't deliver to an address; a user and a password in it aren't told."""
    where = address.rpartition("@")[2].removeprefix("https://")
    return (
        f"BOT_WEBHOOK_URL: Telegram won't deliver to {where} ({reason}); give a public https address on port 443, 80, "
        "88 or 8443 with a certificate that Telegram trusts, or leave it unset for long polling"
    )


def _tell_start(application: App) -> None:
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


async def _finish(application: App, grace: float) -> None:
    """Finish what is at work, as long as there is time; leave everything else in the inbox."""
    inbox, last_words = application.inbox, inbox_worker.STOP_TIMEOUT_SECONDS
    if application.running and not await application.services.database.responds(SILENCE):
        grace = last_words = SILENCE / 2  # what ends can't be noted: to wait for that would end in a kill
        for name in _LOGS_OF_CONNECTIONS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
    if application.running:
        inbox.clerk.stop_dispatching()
        stopping = asyncio.create_task(application.stop())
        try:
            async with asyncio.timeout(grace):
                await asyncio.shield(stopping)
        except TimeoutError:
            LOG.warning(
                "%d updates weren't finished within %.0f seconds; they stay in the inbox",
                inbox.clerk.in_progress,
                grace,
            )
            application.chat_order.stop()
            with suppress(TimeoutError):
                async with asyncio.timeout(CANCEL_GRACE_SECONDS):
                    await stopping
        await inbox.clerk.stop(last_words)
    await application.shutdown()
    await application.services.database.close()
    await application.bot.shutdown()  # also where the start failed and the application doesn't do it
