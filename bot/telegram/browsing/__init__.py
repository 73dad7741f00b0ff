"""Looking around without a question: /start and /help, /topics with its pages, /random and /quote.

Handlers of the commands, and of the buttons of /topics (`CALLBACKS`).
"""

from bot.telegram.browsing.introduction import report_unknown_command, show_help, start
from bot.telegram.browsing.random_commands import offer_question, show_quote
from bot.telegram.browsing.topics import CALLBACKS, show_topics

__all__ = [
    "CALLBACKS",
    "offer_question",
    "report_unknown_command",
    "show_help",
    "show_quote",
    "show_topics",
    "start",
]
