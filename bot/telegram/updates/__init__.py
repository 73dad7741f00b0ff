"""Updates on their way in: polling and webhook, the durable inbox queue, the order within a chat, attempts.

The HTTP server that takes deliveries by webhook also serves health and metrics.
"""

from bot.telegram.updates.attempts import MAX_FAILURES, Attempts, GaveUp, TryAgain
from bot.telegram.updates.chat_order import ChatOrder, chat_of
from bot.telegram.updates.endpoints import WEBHOOK_PATH, Endpoints
from bot.telegram.updates.http_server import HttpServerConfig, serving
from bot.telegram.updates.inbox_queue import InboxQueue, UnreadableUpdate
from bot.telegram.updates.metrics import Metrics
from bot.telegram.updates.polling import poll

__all__ = [
    "MAX_FAILURES",
    "WEBHOOK_PATH",
    "Attempts",
    "ChatOrder",
    "Endpoints",
    "GaveUp",
    "HttpServerConfig",
    "InboxQueue",
    "Metrics",
    "TryAgain",
    "UnreadableUpdate",
    "chat_of",
    "poll",
    "serving",
]
