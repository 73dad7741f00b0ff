"""The handlers of failures: an update whose handling failed, or that can't be read."""

from __future__ import annotations

import logging
import re
import traceback

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.answers.html import escape
from bot.telegram.access.menu_language import language_of, spoken
from bot.telegram.answering.addressed import question
from bot.telegram.client import reply_target, send
from bot.telegram.context import Context
from bot.telegram.updates import MAX_FAILURES, GaveUp, TryAgain, UnreadableUpdate

LOG = logging.getLogger(__name__)

_NOT_ALLOWED = re.compile(
    "not enough rights|have no rights|need administrator rights|chat_admin_required|chat_write_forbidden"
    r"|chat_(guest_)?send_(\w+_)?forbidden|chat_restricted|chat_invalid|channel_private|user_banned_in_channel"
    "|user_is_blocked|user_deactivated|input_user_deactivated|peer_id_invalid|chat not found|user not found"
    "|topic_closed|topic_deleted|message thread not found|group chat was deactivated",
    re.IGNORECASE,
)
"""Telegram's words where the bot is muted or banned, or where the chat, the user or the topic is gone or closed.

The names with underscores are those of Telegram's own servers, which the Bot API passes on as they are.
"""


async def failed(update: object, context: Context) -> None:
    """Log the failure without the words of the message, and apologise to whoever expects an answer.

    Raises ApplicationHandlerStop where the update is handled again, so that no other handler answers it meanwhile.
    """
    error = context.error
    number = update.update_id if isinstance(update, Update) else None
    if _may_not_write(error):
        LOG.info("Update %s: the bot may not write there (%s)", number, error)
        return
    where = describe(error) if error is not None else ""
    verdict = context.services.attempts.record_failure(number, error, where)
    if isinstance(verdict, TryAgain):
        level = logging.DEBUG if isinstance(error, TelegramError) else logging.INFO  # the outage log reports outages
        LOG.log(level, "Update %s failed (%s); it is handled again", number, type(error).__name__)
        raise ApplicationHandlerStop
    if isinstance(verdict, GaveUp) and verdict.failures > MAX_FAILURES:
        return  # another handler failed at the last attempt too; the update's failure is logged already
    context.services.health.failures += 1
    context.services.metrics.failures.inc()
    if isinstance(error, TelegramError):
        LOG.warning("Update %s: Telegram refused or couldn't be reached: %s (%s)", number, type(error).__name__, error)
    elif error is not None:
        LOG.error("Update %s failed: %s", number, where)
        # The exception's own text may hold what somebody wrote.
        LOG.debug("Update %s failed", number, exc_info=error)
    if isinstance(update, Update) and not isinstance(error, ChatMigrated):
        await _apologise(update, context)


async def unreadable(update: UnreadableUpdate, context: Context) -> None:
    """Log that an update can't be read; it is stored as a dead letter."""
    context.services.health.failures += 1
    context.services.metrics.failures.inc()
    LOG.warning(
        "Update %s can't be read (%s); it is stored as a dead letter, and /diag lists it. "
        "If there are more, update the bot, or the Bot API server that BOT_API_URL names",
        update.key,
        update.reason,
    )


def describe(error: BaseException) -> str:
    """Describe an exception by its type and its way through the code, outermost call first; not by its words."""
    frames = traceback.extract_tb(error.__traceback__)
    way = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {way or 'an unknown place'}"


def _may_not_write(error: Exception | None) -> bool:
    """Check whether the bot is blocked, banned or muted, or the topic is closed: nothing that a retry could change."""
    if isinstance(error, BadRequest):
        return _NOT_ALLOWED.search(error.message) is not None
    return isinstance(error, Forbidden)


async def _apologise(update: Update, context: Context) -> None:
    try:
        query = update.callback_query
        if query is not None and query.message is not None:
            text = context.texts(spoken(query.from_user.language_code), "telegram.failed")
            await send(context.bot, reply_target(query.message), [escape(text)])
        elif update.message is not None and _expects_answer(update.message, context):
            text = context.texts(language_of(update.message), "telegram.failed")
            await send(context.bot, reply_target(update.message), [escape(text)])
    except TelegramError as error:
        LOG.warning("Update %s: the apology couldn't be sent: %s", update.update_id, error)
    except Exception as error:  # noqa: BLE001  # the library would log it together with the update
        LOG.error("Update %s: the apology failed: %s", update.update_id, describe(error))  # noqa: TRY400  # as above


def _expects_answer(message: Message, context: Context) -> bool:
    """Check whether a message is addressed to the bot."""
    return message.chat.type == ChatType.PRIVATE or question(message, context.me) is not None
