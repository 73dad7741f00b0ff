"""The checks that a message has to pass before Telegram takes it."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.botapi.markup import MarkupError, parse, units
from tests.botapi.people import JSON, Chat
from tests.botapi.state import RefusedError, World

TEXT = 4096
CAPTION = 1024
MOST_BUTTONS = 100
MOST_RESULTS = 50
ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}


def bad(description: str) -> RefusedError:
    """Return a refusal in Telegram's words."""
    return RefusedError(400, f"Bad Request: {description}")


def chat(world: World, values: JSON) -> Chat:
    """Return the chat that a request names."""
    found = world.chats.get(int(values.get("chat_id", 0)))
    if found is None:
        raise bad("chat not found")
    if found.id in world.blocked:
        kicked = (
            "bot was blocked by the user" if found.type == "private" else f"bot was kicked from the {found.type} chat"
        )
        raise RefusedError(403, f"Forbidden: {kicked}")
    return found


class Formatted(NamedTuple):
    """A text as its reader sees it, and what is marked in it."""

    text: str
    entities: list[JSON]


def formatted(values: JSON, key: str, longest: int) -> Formatted:
    """Return the text that a request shows and its entities, trimmed as Telegram does."""
    written = str(values.get(key, ""))
    match values.get("parse_mode"):
        case None:
            text, entities = written, list[JSON]()
        case "HTML":
            try:
                text, entities = parse(written)
            except MarkupError as error:
                raise bad(f"can't parse entities: {error}") from None
        case other:
            raise bad(f"unsupported parse_mode {other}")
    if units(text.strip()) > longest:
        raise bad("message is too long" if key == "text" else "message caption is too long")
    return Formatted(text.strip(), entities)


def png(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture that Telegram takes as a photo."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) > 10_000_000:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height


def keyboard(values: JSON) -> list[list[JSON]]:
    """Return the rows of an inline keyboard."""
    markup = values.get("reply_markup")
    if markup is None:
        return []
    if not isinstance(markup, dict) or set(markup) != {"inline_keyboard"}:
        raise bad("object expected as reply markup")
    rows: list[list[JSON]] = markup["inline_keyboard"]
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    if not rows or not all(rows):
        raise bad("the keyboard or one of its rows is empty")
    for button in (button for row in rows for button in row):
        _button(button)
    return rows


def _button(button: JSON) -> None:
    if not str(button.get("text", "")).strip():
        raise bad('can\'t parse inline keyboard button: field "text" is empty')
    actions = ACTIONS.intersection(button)
    if len(actions) != 1:
        raise bad("text buttons are unallowed in the inline keyboard" if not actions else "a button has two actions")
    if unknown := set(button) - ACTIONS - {"text", "style", "icon_custom_emoji_id"}:
        raise bad(f"unknown button fields {sorted(unknown)}")
    if "url" in button and not re.fullmatch(r"(https?://[^\s/]+\.[^\s]+|tg://\S+)", str(button["url"])):
        raise bad("inline keyboard button URL is invalid: Wrong HTTP URL")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")


def thread(where: Chat, values: JSON) -> int | None:
    """Return the topic that a message goes to; General has no id of its own here."""
    number = values.get("message_thread_id")
    if number is None:
        return None
    if int(number) not in where.topics:
        raise bad("message thread not found")
    return int(number)


def beside(world: World, where: Chat, values: JSON) -> JSON | None:
    """Return the message that is replied to; None for none, also where a missing one is allowed."""
    parameters = values.get("reply_parameters")
    if parameters is None:
        return None
    found = world.known.get((int(parameters.get("chat_id", where.id)), int(parameters["message_id"])))
    if found is None or (where.id, found["message_id"]) in world.deleted:
        if parameters.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    return found


def results(values: JSON) -> None:
    """Check the results of an inline query."""
    offered: list[JSON] = values["results"]
    if len(offered) > MOST_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    ids = [str(result.get("id", "")) for result in offered]
    if not all(1 <= len(one.encode()) <= 64 for one in ids):
        raise bad("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    for result in offered:
        _article(result)


def _article(result: JSON) -> None:
    if unknown := set(result) - {"type", "id", "title", "description", "input_message_content", "reply_markup"}:
        raise bad(f"unknown result fields {sorted(unknown)}")
    if result["type"] != "article" or not str(result.get("title", "")).strip():
        raise bad("can't parse inline query result: title is empty")
    content = result["input_message_content"]
    written = {"text": content["message_text"], "parse_mode": content.get("parse_mode")}
    if not formatted(written, "text", TEXT).text:
        raise bad("MESSAGE_EMPTY")
    keyboard(result)
