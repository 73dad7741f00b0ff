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
CHANNEL_BOT = User(136817688, "Channel", "Channel_Bot", None, is_bot=True)
"""In whose name Telegram sends what somebody writes as a channel."""
TELEGRAM = User(777000, "Telegram", None, None)
"""In whose name Telegram forwards a channel's posts to its group."""
CHANNEL = Chat(-1001000000003, "channel", "A channel")
BASIC_GROUP = Chat(-1004, "group", "A small group")

GROUP = Chat(-1001000000001, "supergroup", "A group")
FORUM = Chat(-1001000000002, "supergroup", "A forum", topics=frozenset({7, 8}))

RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
"""What Telegram tells of an admin besides the user."""


def member(user: JSON, status: str) -> JSON:
    """Return what Telegram tells of a member of a group."""
    found = {"status": status, "user": user}
    if status == "creator":
        return {**found, "is_anonymous": False}
    return {**found, **dict.fromkeys(RIGHTS, False)} if status == "administrator" else found
