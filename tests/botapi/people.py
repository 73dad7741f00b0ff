"""Who talks to whom in the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"
JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """A Telegram user, or a bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = "zh-hans"
    is_bot: bool = False

    def json(self) -> JSON:
        """Return what Telegram tells of the user."""
        found = {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return {key: value for key, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat; `topics` are the ids of a forum's topics besides General."""

    id: int
    type: str
    title: str
    topics: frozenset[int] = frozenset()

    def json(self) -> JSON:
        """Return what Telegram tells of the chat."""
        name = "first_name" if self.type == "private" else "title"
        return {"id": self.id, "type": self.type, name: self.title, **({"is_forum": True} if self.topics else {})}


def private(user: User) -> Chat:
    """Return the chat of a user with the bot."""
    return Chat(user.id, "private", user.first_name)


ME = User(123456789, "Interviews", "interview_bot", None, is_bot=True)
ADA = User(11, "Ada", "ada")
BOB = User(12, "Bob", "bob", "en-GB")
ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", None, is_bot=True)
"""In whose name Telegram sends what an anonymous admin writes."""

GROUP = Chat(-1001, "supergroup", "A group")
FORUM = Chat(-1002, "supergroup", "A forum", topics=frozenset({7, 8}))
