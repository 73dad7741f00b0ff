"""What the people in a test do: they write, edit and tap, and the bot gets updates as from Telegram."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.botapi.markup import units
from tests.botapi.people import GROUP, JSON, ME, Chat, User, member, private
from tests.botapi.state import LIMIT, Fault, Sent, World

_ENTITIES = re.compile(
    r"(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}+(?:@[A-Za-z0-9_]{3,32}+)?+)(?![\w/<>@])"
    r"|(?<!\w)(?P<mention>@[A-Za-z0-9_]{4,32}+)(?!\w)"
    r"|(?P<url>https?://\S+)"
)
"""As tdlib's `match_bot_commands` and `match_mentions`: any letter continues a word, a Chinese one too."""


def entities(text: str) -> list[JSON]:
    """Find what Telegram would mark in a typed text; offsets and lengths are in UTF-16 units."""
    return [
        {"type": found.lastgroup, "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in _ENTITIES.finditer(text)
    ]


class UserActions:
    """What a test does and sees; mixed into the server."""

    def __init__(self) -> None:
        self.world = World()

    @property
    def failures(self) -> list[str]:
        """Return what the bot did wrong."""
        return self.world.failures

    async def private_message(self, user: User, text: str | None, **more: Any) -> JSON:
        """Write to the bot in private."""
        return await self.write(self.world.add_chat(private(user)), user, text, **more)

    async def group_message(self, user: User | None, text: str | None, chat: Chat = GROUP, **more: Any) -> JSON:
        """Write in a group."""
        return await self.write(chat, user, text, **more)

    async def write(
        self,
        chat: Chat,
        user: User | None,
        text: str | None,
        *,
        reply_to: JSON | Sent | None = None,
        thread: int | None = None,
        caption: str | None = None,
        marks: list[JSON] | None = None,
        **more: Any,
    ) -> JSON:
        """Write any message; `marks` replaces the entities that Telegram would find."""
        self.world.add_chat(chat)
        content: JSON = dict(more)
        for key, words, list_key in (("text", text, "entities"), ("caption", caption, "caption_entities")):
            if words is not None:
                content[key] = words
                content[list_key] = entities(words) if marks is None else marks
        if thread is not None:
            content.update(message_thread_id=thread, is_topic_message=True)
        if reply_to is not None:
            number = reply_to.message_id if isinstance(reply_to, Sent) else reply_to["message_id"]
            known = self.world.known[chat.id, number]
            content["reply_to_message"] = {key: value for key, value in known.items() if key != "reply_to_message"}
        message = self.world.message(chat, user, **content)
        await self.push("message", message)
        return message

    async def edited(self, message: Sent, edits: int = 1) -> Sent:
        """Wait until a message of the bot was edited so often in all."""
        await self.world.until(lambda: message.edits >= edits, f"edit {edits} of {message.text[:20]}")
        return message

    async def silent_message(self, chat: Chat, user: User, text: str) -> JSON:
        """Put a message into a chat that the bot isn't told of, for others to reply to."""
        return self.world.message(chat, user, text=text, entities=entities(text))

    async def edit(self, message: JSON, text: str, after: int = 1) -> None:
        """Edit a message that somebody wrote so many seconds ago."""
        message.update(text=text, entities=entities(text), edit_date=message["date"] + after)
        await self.push("edited_message", message)

    async def tap(self, user: User, message: Sent, data: str) -> str:
        """Tap a button; return the id under which the tap must be answered."""
        number = f"tap-{self.world.next_id('tap')}"
        self.world.callbacks[number] = None
        shown = self.world.known[message.chat, message.message_id]
        await self.push(
            "callback_query",
            {"id": number, "from": user.json(), "chat_instance": "1", "data": data, "message": shown},
        )
        return number

    async def tapped(self, user: User, message: Sent, label: str) -> str:
        """Tap the button whose text contains `label`; return the note that is shown, "" for none."""
        number = await self.tap(user, message, message.data(label))
        return await self.note(number)

    async def note(self, tap: str) -> str:
        """Wait until a tap is answered; return the note."""
        await self.world.until(lambda: self.world.callbacks[tap] is not None, f"an answer to {tap}")
        return self.world.callbacks[tap] or ""

    async def inline(self, user: User, query: str) -> JSON:
        """Type behind the bot's name in some chat; return the answer that comes back."""
        number = f"inline-{self.world.next_id('inline')}"
        self.world.inline[number] = None
        await self.push("inline_query", {"id": number, "from": user.json(), "query": query, "offset": ""})
        await self.world.until(lambda: self.world.inline[number] is not None, f"an answer to {number}")
        return self.world.inline[number] or {}

    async def join(self, chat: Chat, user: User, before: str = "left", after: str = "member") -> None:
        """Change what the bot is in a group."""
        self.world.add_chat(chat)
        change = {
            "chat": chat.json(),
            "from": user.json(),
            "date": 1_760_000_000,
            "old_chat_member": member(ME.json(), before),
            "new_chat_member": member(ME.json(), after),
        }
        await self.push("my_chat_member", change)

    def migrate(self, chat: Chat, to: Chat) -> None:
        """Make a group a supergroup: what is sent to the old one is refused with the new one's id."""
        self.world.add_chat(to)
        description = "Bad Request: group chat was upgraded to a supergroup chat"
        self.world.faults.append(Fault("sendMessage", 1, 400, description, {"migrate_to_chat_id": to.id}))

    async def push(self, kind: str, content: JSON) -> int:
        """Queue an update; return its id."""
        number = 1000 + self.world.next_id("update")
        self.world.updates.append({"update_id": number, kind: content})
        await self.world.tell()
        return number

    async def push_damaged(self, sent: bytes) -> int:
        """Queue what isn't an update, or not a sound one; return the id that it has for the server."""
        number = 1000 + self.world.next_id("update")
        self.world.updates.append({"update_id": number})
        self.world.damaged[number] = sent
        await self.world.tell()
        return number

    async def sent(self, count: int, limit: float = LIMIT) -> list[Sent]:
        """Wait until the bot has sent `count` messages in all; return them."""
        await self.world.until(lambda: len(self.world.sent) >= count, f"{count} messages", limit)
        assert len(self.world.sent) == count, [message.text for message in self.world.sent]
        return list(self.world.sent)

    async def answer(self, user: User, text: str, **more: Any) -> Sent:
        """Write in private and wait for the next message of the bot."""
        before = len(self.world.sent)
        await self.private_message(user, text, **more)
        return (await self.sent(before + 1))[-1]

    async def wait_for(self, done: Callable[[], object], what: str, limit: float = LIMIT) -> None:
        """Wait until `done()` holds."""
        await self.world.until(done, what, limit)

    async def handled(self) -> None:
        """Wait until the bot has fetched and confirmed every update."""
        last = self.world.updates[-1]["update_id"] if self.world.updates else 0
        await self.world.until(lambda: self.world.confirmed > last, "all updates to be fetched")

    def block(self, chat: Chat) -> None:
        """Let a user block the bot, or a group kick it."""
        self.world.add_chat(chat)
        self.world.blocked.add(chat.id)

    def flood(self, method: str, seconds: int, times: int = 1) -> None:
        """Answer the next calls with 429."""
        parameters = {"retry_after": seconds}
        self.world.faults.append(Fault(method, times, 429, f"Too Many Requests: retry after {seconds}", parameters))

    def fail(self, method: str, status: int, description: str, times: int = 1) -> None:
        """Answer the next calls with an error."""
        self.world.faults.append(Fault(method, times, status, description))

    def cut(self, method: str, times: int = 1) -> None:
        """Cut the connection on the next calls."""
        self.world.faults.append(Fault(method, times))

    def called(self, method: str) -> list[JSON]:
        """Return the parameters of every call of a method."""
        return [values for name, values in self.world.calls if name == method]

    @staticmethod
    def me() -> User:
        """Return the bot."""
        return ME
