"""The error handler: logs failures without private words, and apologises to whoever waits for an answer."""

from __future__ import annotations

import logging
import re
import traceback

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.answers.html import escape
from bot.telegram.access import interface_language, writer_language
from bot.telegram.answering import addressed_question
from bot.telegram.client import reply_target, send
from bot.telegram.context import Context
from bot.telegram.updates import MAX_FAILURES, GaveUp, TryAgain, UnreadableUpdate

LOG = logging.getLogger(__name__)

_MAY_NOT_WRITE = re.compile(
    "not enough rights|have no rights|need administrator rights|chat_admin_required|chat_write_forbidden"
    r"|chat_(guest_)?send_(\w+_)?forbidden|chat_restricted|chat_invalid|channel_private|user_banned_in_channel"
    "|user_is_blocked|user_deactivated|input_user_deactivated|peer_id_invalid|chat not found|user not found"
    "|topic_closed|topic_deleted|message thread not found|group chat was deactivated",
    re.IGNORECASE,
)
"""Errors by which Telegram says that the bot is muted or removed, or that the chat, person or topic is gone or closed.

Words in capitals are errors of Telegram's servers, which the Bot API passes on as they are.
"""


async def handle_error(update: object, context: Context) -> None:
    """Log a failure without the message's words, and apologise to whoever waits for an answer.

    Raises ApplicationHandlerStop where the update is handled again: its other handlers must not run twice.
    """
    error = context.error
    update_id = update.update_id if isinstance(update, Update) else None
    if _may_not_write(error):
        LOG.info("Update %s: the bot may not write there (%s)", update_id, error)
        return
    location = describe(error) if error is not None else ""
    verdict = context.services.attempts.record_failure(update_id, error, location)
    if isinstance(verdict, TryAgain):
        level = logging.DEBUG if isinstance(error, TelegramError) else logging.INFO  # outages are logged by OutageLog
        LOG.log(level, "Update %s failed (%s); it is handled again", update_id, type(error).__name__)
        raise ApplicationHandlerStop
    if isinstance(verdict, GaveUp) and verdict.failures > MAX_FAILURES:
        return  # another handler of the last attempt: the failure is logged already
    context.services.health.failures += 1
    context.services.metrics.failures.inc()
    if isinstance(error, TelegramError):
        LOG.warning(
            "Update %s: Telegram refused or couldn't be reached: %s (%s)", update_id, type(error).__name__, error
        )
    elif error is not None:
        LOG.error("Update %s failed: %s", update_id, location)
        # The exception's own text may hold what somebody wrote.
        LOG.debug("Update %s failed", update_id, exc_info=error)
    if isinstance(update, Update) and not isinstance(error, ChatMigrated):
        await _apologise(update, context)


async def handle_unreadable(update: UnreadableUpdate, context: Context) -> None:
    """Log that an update can't be read; it becomes a dead letter."""
    context.services.health.failures += 1
    context.services.metrics.failures.inc()
    LOG.warning(
        "Update %s can't be read (%s); it is stored as a dead letter, and /diag lists it. "
        "If there are more, update the bot, or the Bot API server that BOT_API_URL names",
        update.key,
        update.reason,
    )


def _may_not_write(error: Exception | None) -> bool:
    """Return whether the bot was blocked, removed or muted, or a topic was closed: the bot can change none of these."""
    if isinstance(error, BadRequest):
        return _MAY_NOT_WRITE.search(error.message) is not None
    return isinstance(error, Forbidden)


def describe(error: BaseException) -> str:
    """Describe an exception by its type and its traceback, outermost call first; its message may be private."""
    frames = traceback.extract_tb(error.__traceback__)
    trace = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {trace or 'an unknown place'}"


async def _apologise(update: Update, context: Context) -> None:
    try:
        query = update.callback_query
        if query is not None and query.message is not None:
            text = context.texts(interface_language(query.from_user.language_code), "telegram.failed")
            await send(context.bot, reply_target(query.message), [escape(text)])
        elif update.message is not None and _expects_answer(update.message, context):
            text = context.texts(writer_language(update.message), "telegram.failed")
            await send(context.bot, reply_target(update.message), [escape(text)])
    except TelegramError as error:
        LOG.warning("Update %s: the apology couldn't be sent: %s", update.update_id, error)
    except Exception as error:  # noqa: BLE001  # the library would log it together with the update
        LOG.error("Update %s: the apology failed: %s", update.update_id, describe(error))  # noqa: TRY400  # as above


def _expects_answer(message: Message, context: Context) -> bool:
    """Return whether whoever wrote `message` expects an answer."""
    return message.chat.type == ChatType.PRIVATE or addressed_question(message, context.me) is not None
