"""What the server knows: chats, messages, updates that wait, buttons that were tapped."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.people import FORUM, GROUP, JSON, Chat, User

LIMIT = 10.0
"""Seconds that a test waits for something at most."""
POLL_SECONDS = 0.05
"""Seconds after which a test looks again although nothing came over the network."""


class RefusedError(Exception):
    """The server doesn't do what was asked: an HTTP status, Telegram's words, and further parameters."""

    def __init__(self, status: int, description: str, parameters: JSON | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass
class Sent:
    """A message of the bot as it stands now, after all edits."""

    chat: int
    message_id: int
    text: str
    """What the reader sees."""
    markup: str
    """As the bot sent it."""
    entities: list[JSON]
    parse_mode: str | None
    thread: int | None
    """The forum topic that it stands in."""
    reply_to: int | None
    silent: bool
    preview_off: bool
    keyboard: list[list[JSON]]
    file: tuple[str, bytes] | None = None
    """Name and content of a document."""
    edits: int = 0

    @property
    def labels(self) -> list[str]:
        """Return the texts of the buttons, row after row."""
        return [button["text"] for row in self.keyboard for button in row]

    def data(self, label: str) -> str:
        """Return the callback data of the one button whose text contains `label`."""
        (found,) = [button for row in self.keyboard for button in row if label in button["text"]]
        return str(found["callback_data"])

    def url(self, label: str) -> str:
        """Return the address that the one button whose text contains `label` opens."""
        (found,) = [button for row in self.keyboard for button in row if label in button["text"]]
        return str(found["url"])


@dataclass
class Fault:
    """Something that the server does instead of answering, as often as `times`."""

    method: str
    times: int
    status: int = 0
    """0 cuts the connection instead."""
    description: str = ""
    parameters: JSON | None = None


@dataclass
class World:
    """All that happens in a test; the server writes it, the test reads it."""

    chats: dict[int, Chat] = field(default_factory=lambda: {GROUP.id: GROUP, FORUM.id: FORUM})
    threads: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    known: dict[tuple[int, int], JSON] = field(default_factory=dict)
    """Every message by chat and id."""
    sent: list[Sent] = field(default_factory=list)
    """The bot's messages, oldest first; deleted ones stay."""
    deleted: set[tuple[int, int]] = field(default_factory=set)
    actions: list[JSON] = field(default_factory=list)
    commands: dict[tuple[str, int, str], list[JSON]] = field(default_factory=dict)
    """Menus by scope type, chat and language code."""
    callbacks: dict[str, str | None] = field(default_factory=dict)
    """Taps by id; None while unanswered, else the note ("" for none)."""
    members: dict[tuple[int, int], str] = field(default_factory=dict)
    """Status of a user in a chat, where it isn't plain member."""
    anonymous: set[tuple[int, int]] = field(default_factory=set)
    """Chats and their anonymous admins, whom only another admin sees as admins."""
    lacking: set[str] = field(default_factory=set)
    """Fields that the server is too old to tell."""
    inline: dict[str, JSON | None] = field(default_factory=dict)
    """Inline queries by id; None while unanswered, else the answer."""
    abilities: JSON = field(
        default_factory=lambda: {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
    )
    """What @BotFather lets the bot do."""
    blocked: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, JSON]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What the bot did wrong; a test that expects none asserts that it is empty."""
    updates: list[JSON] = field(default_factory=list)
    damaged: dict[int, bytes] = field(default_factory=dict)
    """What is sent in the place of updates, by their ids."""
    webhook: JSON | None = None
    """What setWebhook was given, while it is set."""
    confirmed: int = 0
    """Updates below this id are done, as far as Telegram knows."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    ids: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def next_id(self, kind: str) -> int:
        """Count up."""
        self.ids[kind] += 1
        return self.ids[kind]

    def add_chat(self, chat: Chat) -> Chat:
        """Make a chat known to the server."""
        return self.chats.setdefault(chat.id, chat)

    def message(self, chat: Chat, sender: User | None, **content: Any) -> JSON:
        """Put a message into a chat."""
        number = self.next_id(f"message/{chat.id}")
        message = {"message_id": number, "date": int(time.time()), "chat": chat.json(), **content}
        if sender is not None:
            message["from"] = sender.json()
        self.known[chat.id, number] = message
        return message

    def as_sent(self, update: JSON) -> bytes:
        """Return an update as it goes over the network."""
        damaged = self.damaged.get(update["update_id"])
        return damaged if damaged is not None else json.dumps(update).encode()

    async def tell(self) -> None:
        """Wake whoever waits for a change."""
        async with self.changed:
            self.changed.notify_all()

    async def until(self, done: Callable[[], object], what: str, limit: float = LIMIT) -> None:
        """Wait until `done()` holds; fail the test after `limit` seconds."""
        try:
            async with asyncio.timeout(limit):
                while not done():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(POLL_SECONDS), self.changed:
                            await self.changed.wait()
        except TimeoutError:
            raise AssertionError(
                f"waited in vain for {what}; sent: {[message.text for message in self.sent]}; failures: {self.failures}"
            ) from None
