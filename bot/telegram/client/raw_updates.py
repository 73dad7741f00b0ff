"""Updates as the text that Telegram sent, and how one of them is parsed without trusting its form.

Telegram, or an older or newer Bot API server, may send what the library can't parse. So updates are stored as text, and
each is parsed on its own when it is to be handled.
"""

from __future__ import annotations

import hashlib
import json
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telegram import Bot, Update

MAX_UPDATE_ID = 2**31 - 1
"""The largest number that Telegram gives an update; a larger one is damage, and confirming it would lose the rest."""
MAX_ID = 2**52 - 1
"""Ids of chats and people have at most 52 significant bits (https://core.telegram.org/bots/api#user)."""
MAX_MESSAGE_ID = 2**31 - 1
"""The largest number of a message, and of a topic."""

_FIRST_NUMBER = re.compile(r'\s*\{\s*"update_id"\s*:\s*(\d{1,10})\s*[,}]')
_MARK = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
_NOT_STORABLE = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)
_MISSING = re.compile(
    r"\w+\.__init__\(\) missing \d+ required positional arguments?: [\w', ]+"
    r"|`\w+` is a required argument since Bot API [\d.]+"
)
"""What Python and the library say of a missing field; it names code, and holds nothing that a user wrote."""


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """An update as Telegram sent it, with what is needed to store it."""

    text: str
    """What Telegram sent: JSON, unless it is damaged. Free of what a database can't store."""
    update_id: int | None
    """Telegram's number; None where the update holds no usable one."""
    key: int
    """Identifies the update when it is delivered again: Telegram's number, or a negative hash of the text."""
    chat: int
    """Id of the chat, within which updates stay in order; of the person, where there is no chat."""


class UnreadableUpdateError(Exception):
    """An update can't be parsed. The message says why, without anything that the update holds."""


def raw_update(sent: str | bytes) -> RawUpdate:
    """Find the number and the chat of an update; accepts any text."""
    text = (sent.decode("utf-8", "replace") if isinstance(sent, bytes) else sent).replace("\0", "\\u0000")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        found = _FIRST_NUMBER.match(text)
        content = {"update_id": int(found[1])} if found else None
    number = _number(content)
    key = number if number is not None else _key_of(text)
    chat = _chat(content)
    return RawUpdate(text, number, key, key if chat is None else chat)


def read_update(text: str, bot: Bot | None) -> Update:
    """Parse an update; raises UnreadableUpdateError where a part that the handlers rely on is missing or damaged."""
    try:
        content = json.loads(text)
        if _NOT_STORABLE.search(text):
            content = _storable(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableUpdateError(f"it is no JSON that can be read ({type(error).__name__})") from None
    if not isinstance(content, dict):
        raise UnreadableUpdateError("it is no object")
    if _number(content) is None:
        raise UnreadableUpdateError("it has no usable update_id")
    kind = next((kind for kind in Update.ALL_TYPES if kind in content), "an update of an unknown kind")
    if kind in content and (not isinstance(content[kind], dict) or not content[kind]):
        raise UnreadableUpdateError(f"{kind}: no object")
    try:
        update = Update.de_json(content, bot)
        damage = _damage(update)
    except Exception as error:  # noqa: BLE001  # the library raises whatever the damage leads to
        raise UnreadableUpdateError(f"{kind}: {_without_content(error)}") from None
    if damage is not None:
        raise UnreadableUpdateError(f"{kind}: {damage} isn't what it should be")
    return update


def split_updates(answer: str) -> list[str]:
    """Cut the texts of the updates out of an answer to getUpdates; [] where it has none.

    Parsing the answer as a whole would fail at the first damaged one. Raises ValueError where the answer is incomplete.
    """
    depth, begin, inside, before = 0, 0, False, ""
    updates: list[str] = []
    for found in _MARK.finditer(answer):
        mark = found[0]
        if inside and depth == 2 and mark in ",]":  # the answer's object, and its list
            updates.append(answer[begin : found.start()].strip())
            begin, inside = found.end(), mark == ","
        if mark in "[{":
            if depth == 1 and before == '"result"' and mark == "[":
                begin, inside = found.end(), True
            depth += 1
        elif mark in "]}":
            depth -= 1
        before = mark
    if depth != 0 or inside or not answer.lstrip().startswith("{"):
        raise ValueError("no complete answer")
    return [] if updates == [""] else updates


def _number(content: object) -> int | None:
    number = content.get("update_id") if isinstance(content, dict) else None
    return number if _within(number, 1, MAX_UPDATE_ID) else None


def _key_of(text: str) -> int:
    """Return a negative hash of the text; Telegram's numbers are positive."""
    return -1 - (int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big") >> 1)


def _chat(content: object) -> int | None:
    """Return the id of the chat that an update is about, else of the person; the same as the library would."""
    if not isinstance(content, dict):
        return None
    for about in content.values():
        if isinstance(about, dict):
            message = about.get("message")
            chats = (about.get("chat"), message.get("chat") if isinstance(message, dict) else None)
            people = (about.get("from"), about.get("user"))
            ids = [holder.get("id") for holder in (*chats, *people) if isinstance(holder, dict)]
            return next((number for number in ids if _is_id(number)), None)
    return None


def _damage(update: Update) -> str | None:
    """Name the first part of wrong type or size among those that ordering, answering and storing rely on."""
    chat, user, message = update.effective_chat, update.effective_user, update.effective_message
    checks: Mapping[str, bool] = {
        "the chat": message is None or chat is not None,
        "the person": not (update.callback_query or update.inline_query) or user is not None,
        "the chat's id": chat is None or _is_id(chat.id),
        "the chat's type": chat is None or isinstance(chat.type, str),
        "the person's id": user is None or _is_id(user.id),
        "the message's id": message is None or _within(message.message_id, 0, MAX_MESSAGE_ID),
        "the message's topic": _topic_fits(message),
        "the message's date": message is None or message.date is not None,
    }
    return next((name for name, fits in checks.items() if not fits), None)


def _topic_fits(message: Any) -> bool:
    topic = getattr(message, "message_thread_id", None)
    return topic is None or _within(topic, 0, MAX_MESSAGE_ID)


def _is_id(value: object) -> bool:
    return _within(value, -MAX_ID, MAX_ID)


def _within(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _storable(content: object) -> object:
    """Replace what no database stores (halves of surrogate pairs, NUL) without changing lengths in UTF-16 units."""
    if isinstance(content, dict):
        return {key: _storable(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_storable(value) for value in content]
    if isinstance(content, str):
        return content.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")
    return content


def _without_content(error: Exception) -> str:
    """Describe an error and where it was raised; in its own words only where they can't hold a user's."""
    said = _MISSING.fullmatch(str(error))
    if said is not None:
        return said[0]
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{where}"
