"""A local Bot API server, as strict as Telegram's, with hands for tests to write messages and tap buttons."""

from tests.botapi.people import ADA, BOB, FORUM, GROUP, ME, TOKEN, Chat, User
from tests.botapi.server import BotApi, running
from tests.botapi.state import Sent

__all__ = ["ADA", "BOB", "FORUM", "GROUP", "ME", "TOKEN", "BotApi", "Chat", "Sent", "User", "running"]
