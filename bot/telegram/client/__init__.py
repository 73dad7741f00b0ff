"""Requests to Telegram: the HTTP client, sending and editing, retries and flood waits, splitting, the outage log.

Whatever talks to the Bot API goes through here; nothing here knows what a message says.
"""

from bot.telegram.client.bot_client import BotClient, UpdatesHttpClient
from bot.telegram.client.callback_answers import answer_callback, is_too_late
from bot.telegram.client.edits import delete, edit, rewrite
from bot.telegram.client.http_client import HttpClient
from bot.telegram.client.message_split import split_messages
from bot.telegram.client.messages import (
    NO_PREVIEW,
    Destination,
    reply_target,
    send,
    send_file,
    send_picture,
    topic_of,
    typing,
    with_retries,
)
from bot.telegram.client.outage_log import (
    INITIAL_WAIT_SECONDS,
    MAX_WAIT_SECONDS,
    Backoff,
    OutageLog,
    asked_to_wait,
)
from bot.telegram.client.raw_updates import RawUpdate, UnreadableUpdateError, raw_update, read_update, split_updates
from bot.telegram.client.slots import CURRENT_SEND_SLOT, MAX_CONCURRENT_SENDS, SendLimiter, SendSlot
from bot.telegram.client.stop_signal import unless_stopped
from bot.telegram.client.work_slot import WORK_SLOT, WorkSlot

__all__ = [
    "CURRENT_SEND_SLOT",
    "INITIAL_WAIT_SECONDS",
    "MAX_CONCURRENT_SENDS",
    "MAX_WAIT_SECONDS",
    "NO_PREVIEW",
    "WORK_SLOT",
    "Backoff",
    "BotClient",
    "Destination",
    "HttpClient",
    "OutageLog",
    "RawUpdate",
    "SendLimiter",
    "SendSlot",
    "UnreadableUpdateError",
    "UpdatesHttpClient",
    "WorkSlot",
    "answer_callback",
    "asked_to_wait",
    "delete",
    "edit",
    "is_too_late",
    "raw_update",
    "read_update",
    "reply_target",
    "rewrite",
    "send",
    "send_file",
    "send_picture",
    "split_messages",
    "split_updates",
    "topic_of",
    "typing",
    "unless_stopped",
    "with_retries",
]
