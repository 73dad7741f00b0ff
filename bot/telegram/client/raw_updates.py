"""Updates as Telegram sent them, and how one of them is read without trusting its form.

Telegram, an older Bot API server, or a newer one may send what the library can't parse. So updates are kept as the text
that came, and each is parsed on its own, when it is to be handled.
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
_SIGN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
_UNWRITABLE = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)
_MISSING = re.compile(
    r"\w+\.__init__\(\) missing \d+ required positional arguments?: [\w', ]+"
    r"|`\w+` is a required argument since Bot API [\d.]+"
)
"""What Python and the library say of a missing field: it names code, and holds nothing that anybody wrote."""


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """An update as it came, and what it takes to keep it."""

    text: str
    """What Telegram sent: JSON, if all is well. It can be written into any database."""
    update_id: int | None
    """Telegram's number; None where it holds none that can be used."""
    key: int
    """What a redelivery is known by: Telegram's number, or a negative one made of the text."""
    chat: int
    """Updates with the same number stay in order: the chat's, or the person's where there is no chat."""


class UnreadableUpdateError(Exception):
    """An update can't be read; says why, without anything that the update holds."""


def raw_update(sent: str | bytes) -> RawUpdate:
    """Look for the number and the chat of an update; takes whatever comes."""
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
    """Parse an update; raise UnreadableUpdateError where it isn't one, or isn't what the handlers may rely on."""
    try:
        content = json.loads(text)
        if _UNWRITABLE.search(text):
            content = _writable(content)
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
    """Cut the updates out of an answer to getUpdates, each as it was sent; raise ValueError where it is no such answer.

    Parsing the answer as a whole would fail with the worst of them. An answer without updates gives an empty list.
    """
    depth, begin, inside, before = 0, 0, False, ""
    updates: list[str] = []
    for found in _SIGN.finditer(answer):
        sign = found[0]
        if inside and depth == 2 and sign in ",]":  # the answer's object, and its list
            updates.append(answer[begin : found.start()].strip())
            begin, inside = found.end(), sign == ","
        if sign in "[{":
            if depth == 1 and before == '"result"' and sign == "[":
                begin, inside = found.end(), True
            depth += 1
        elif sign in "]}":
            depth -= 1
        before = sign
    if depth != 0 or inside or not answer.lstrip().startswith("{"):
        raise ValueError("no complete answer")
    return [] if updates == [""] else updates


def _number(content: object) -> int | None:
    number = content.get("update_id") if isinstance(content, dict) else None
    return number if _within(number, 1, MAX_UPDATE_ID) else None


def _key_of(text: str) -> int:
    """Return a number for what has none of its own; Telegram's are positive."""
    return -1 - (int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big") >> 1)


def _chat(content: object) -> int | None:
    """Return the id of the chat that an update is about, or of the person, as the library would find it."""
    if not isinstance(content, dict):
        return None
    for about in content.values():
        if isinstance(about, dict):
            message = about.get("message")
            places = (about.get("chat"), message.get("chat") if isinstance(message, dict) else None)
            people = (about.get("from"), about.get("user"))
            ids = [one.get("id") for one in (*places, *people) if isinstance(one, dict)]
            return next((one for one in ids if _is_id(one)), None)
    return None


def _damage(update: Update) -> str | None:
    """Name the first thing of wrong type or size among those that ordering, answering and keeping rely on."""
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


def _writable(content: object) -> object:
    """Replace what no database takes: halves of surrogate pairs, and NUL; lengths in UTF-16 units stay."""
    if isinstance(content, dict):
        return {key: _writable(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_writable(value) for value in content]
    if isinstance(content, str):
        return content.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")
    return content


def _without_content(error: Exception) -> str:
    """Tell what failed and where; the error's own words only where they can't hold anybody's."""
    said = _MISSING.fullmatch(str(error))
    if said is not None:
        return said[0]
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{where}"
