"""Requests to Telegram: sending, editing, retries and flood waits, splitting, the HTTP client, the outage log.

Whatever talks to the Bot API goes through here; nothing here knows what a message says. `messages`, `edits` and
`callback_answers` say which request to make, `sender` decides how it is made and repeated, `http_client` makes it.
"""

from bot.telegram.client.backoff import MAX_DELAY_SECONDS, Backoff, ExponentialDelay
from bot.telegram.client.bot_client import BotClient, UpdatesHttpClient
from bot.telegram.client.callback_answers import answer_callback, is_too_late
from bot.telegram.client.destination import GENERAL_TOPIC_ID, Destination, reply_target, topic_of
from bot.telegram.client.edits import delete, edit, rewrite
from bot.telegram.client.http_client import HttpClient
from bot.telegram.client.message_split import split_messages
from bot.telegram.client.messages import NO_PREVIEW, send, send_file, send_picture, typing
from bot.telegram.client.outage_log import OutageLog, is_network_failure
from bot.telegram.client.raw_updates import RawUpdate, UnreadableUpdateError, raw_update, read_update, split_updates
from bot.telegram.client.sender import CURRENT_SENDER, Sender, with_retries
from bot.telegram.client.slots import MAX_CONCURRENT_SENDS, SendLimiter, SendSlot, WorkSlot
from bot.telegram.client.stop_signal import unless_stopped

__all__ = [
    "CURRENT_SENDER",
    "GENERAL_TOPIC_ID",
    "MAX_CONCURRENT_SENDS",
    "MAX_DELAY_SECONDS",
    "NO_PREVIEW",
    "Backoff",
    "BotClient",
    "Destination",
    "ExponentialDelay",
    "HttpClient",
    "OutageLog",
    "RawUpdate",
    "SendLimiter",
    "SendSlot",
    "Sender",
    "UnreadableUpdateError",
    "UpdatesHttpClient",
    "WorkSlot",
    "answer_callback",
    "delete",
    "edit",
    "is_network_failure",
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
