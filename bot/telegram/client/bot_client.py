"""The library's client, less particular about what Telegram answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from telegram import ChatMember, User
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.telegram.client.http_client import READ_SECONDS, HttpClient
from bot.telegram.client.raw_updates import RawUpdate, raw_update, split_updates


class UpdatesHttpClient(HttpClient):
    """Fetches updates, and leaves each as it was sent."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; its result is the text of each update, where it holds updates."""
        text = payload.decode("utf-8", "replace")
        try:
            updates = split_updates(text)
        except ValueError:
            # Without the answer itself, which may hold what people wrote.
            raise TelegramError("Invalid server response") from None
        return {"ok": True, "result": updates} if updates else HttpClient.parse_json_payload(payload)


class BotClient(ExtBot[None]):
    """Makes those requests itself whose answers the library parses as a whole, or not at all."""

    async def raw_updates(
        self, offset: int | None, hold: timedelta, wanted: Sequence[str], limit: int = 100
    ) -> list[RawUpdate]:
        """Fetch the updates from `offset` on; Telegram may keep the request open for `hold`. Raises TelegramError."""
        asked = {"offset": offset, "timeout": hold, "limit": limit, "allowed_updates": wanted}
        found = await self._post("getUpdates", asked, read_timeout=READ_SECONDS + hold.total_seconds())
        return [raw_update(text) for text in found]

    async def get_chat_administrators(self, chat_id: str | int, *_: object, **__: object) -> tuple[ChatMember, ...]:
        """Fetch who administers a chat; what they may do there isn't read, for servers differ in what they tell."""
        found = await self._post("getChatAdministrators", {"chat_id": chat_id})
        return tuple(ChatMember(User.de_json(one["user"], self), one["status"]) for one in found)
