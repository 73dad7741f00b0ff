"""The methods of the Bot API that the server knows; any other is a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.botapi import checks
from tests.botapi.checks import bad
from tests.botapi.people import JSON, ME, member
from tests.botapi.state import Sent, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
SENDING = frozenset({
    "chat_id",
    "message_thread_id",
    "disable_notification",
    "protect_content",
    "reply_parameters",
    "reply_markup",
    "parse_mode",
})  # fmt: skip


def get_me(world: World, _: JSON) -> JSON:
    return {**ME.json(), **world.abilities}


def set_webhook(world: World, values: JSON) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", values.get("secret_token", "none")):
        raise bad("secret token contains unallowed characters")
    if not str(values["url"]).startswith(("https://", "http://127.0.0.1")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    world.webhook = dict(values)
    return True


def delete_webhook(world: World, _: JSON) -> bool:
    world.webhook = None
    return True


def send_message(world: World, values: JSON) -> JSON:
    checks.chat(world, values)
    shown = checks.formatted(values, "text", checks.TEXT)
    if not shown.text:
        raise bad("message text is empty")
    return _put(world, values, shown, {"text": shown.text, "entities": shown.entities})


def send_document(world: World, values: JSON) -> JSON:
    checks.chat(world, values)
    shown = checks.formatted(values, "caption", checks.CAPTION)
    if "document" not in values:
        raise bad("there is no document in the request")
    name, content = values["document"]
    if not content:
        raise bad("file must be non-empty")
    file = {"file_id": f"F{world.next_id('file')}", "file_unique_id": "U", "file_name": name, "file_size": len(content)}
    message = _put(world, values, shown, {"document": file, "caption": shown.text, "caption_entities": shown.entities})
    world.sent[-1].file = (name, content)
    return message


def send_photo(world: World, values: JSON) -> JSON:
    checks.chat(world, values)
    shown = checks.formatted(values, "caption", checks.CAPTION)
    if "photo" not in values:
        raise bad("there is no photo in the request")
    name, content = values["photo"]
    width, height = checks.png(content)
    size = {"file_id": f"F{world.next_id('file')}", "file_unique_id": "U", "width": width, "height": height}
    message = _put(world, values, shown, {"photo": [size], "caption": shown.text, "caption_entities": shown.entities})
    world.sent[-1].file = (name, content)
    return message


def _put(world: World, values: JSON, shown: checks.Formatted, content: JSON) -> JSON:
    """Put a message of the bot into its chat, where every check lets it."""
    where = checks.chat(world, values)
    rows = checks.keyboard(values)
    target = checks.beside(world, where, values)
    topic = checks.thread(where, values)
    if topic is None and target is not None and target.get("is_topic_message"):
        topic = target["message_thread_id"]
    if topic is not None:
        content.update(message_thread_id=topic, is_topic_message=True)
    if target is not None:
        content["reply_to_message"] = {key: value for key, value in target.items() if key != "reply_to_message"}
    if rows:
        content["reply_markup"] = {"inline_keyboard": rows}
    message = world.message(where, ME, **content)
    world.sent.append(
        Sent(
            chat=where.id,
            message_id=message["message_id"],
            text=shown.text,
            markup=str(values.get("text") or values.get("caption") or ""),
            entities=shown.entities,
            parse_mode=values.get("parse_mode"),
            thread=topic,
            reply_to=target["message_id"] if target else None,
            silent=bool(values.get("disable_notification")),
            preview_off=bool((values.get("link_preview_options") or {}).get("is_disabled")),
            keyboard=rows,
        )
    )
    return message


def _own(world: World, values: JSON, verb: str) -> Sent:
    where, number = checks.chat(world, values), int(values.get("message_id", 0))
    found = [one for one in world.sent if (one.chat, one.message_id) == (where.id, number)]
    if not found or (where.id, number) in world.deleted:
        raise bad(f"message to {verb} not found")
    return found[0]


def edit_message_text(world: World, values: JSON) -> JSON:
    message = _own(world, values, "edit")
    shown = checks.formatted(values, "text", checks.TEXT)
    if not shown.text:
        raise bad("message text is empty")
    rows = checks.keyboard(values)
    if (shown.text, shown.entities, rows) == (message.text, message.entities, message.keyboard):
        raise bad(NOT_MODIFIED)
    message.text, message.entities, message.keyboard = shown.text, shown.entities, rows
    message.markup, message.parse_mode = str(values["text"]), values.get("parse_mode")
    return _edited(world, message, {"text": shown.text, "entities": shown.entities})


def edit_message_reply_markup(world: World, values: JSON) -> JSON:
    message = _own(world, values, "edit")
    rows = checks.keyboard(values)
    if rows == message.keyboard:
        raise bad(NOT_MODIFIED)
    message.keyboard = rows
    return _edited(world, message, {})


def _edited(world: World, message: Sent, content: JSON) -> JSON:
    message.edits += 1
    known = world.known[message.chat, message.message_id]
    known.update(content)
    known["reply_markup"] = {"inline_keyboard": message.keyboard}
    return known


def delete_message(world: World, values: JSON) -> bool:
    message = _own(world, values, "delete")
    world.deleted.add((message.chat, message.message_id))
    return True


def answer_callback_query(world: World, values: JSON) -> bool:
    number = str(values.get("callback_query_id"))
    if number not in world.callbacks or world.callbacks[number] is not None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(str(values.get("text", ""))) > 200:
        raise bad("MESSAGE_TOO_LONG")
    world.callbacks[number] = str(values.get("text", ""))
    return True


def answer_inline_query(world: World, values: JSON) -> bool:
    number = str(values.get("inline_query_id"))
    if number not in world.inline or world.inline[number] is not None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    checks.results(values)
    world.inline[number] = dict(values)
    return True


def send_chat_action(world: World, values: JSON) -> bool:
    where = checks.chat(world, values)
    checks.thread(where, values)
    if values.get("action") not in {"typing", "upload_document", "upload_photo"}:
        raise bad("wrong parameter action in request")
    world.actions.append(dict(values))
    return True


def set_my_commands(world: World, values: JSON) -> bool:
    key = _menu(world, values)
    commands: list[JSON] = values.get("commands") or []
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[key] = commands
    return True


def delete_my_commands(world: World, values: JSON) -> bool:
    world.commands.pop(_menu(world, values), None)
    return True


def _menu(world: World, values: JSON) -> tuple[str, int, str]:
    language = values.get("language_code", "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad("invalid language code specified")
    scope = values.get("scope") or {"type": "default"}
    if "chat_id" in scope:
        checks.chat(world, scope)
    return scope["type"], int(scope.get("chat_id", 0)), language


def get_chat(world: World, values: JSON) -> JSON:
    return {
        **checks.chat(world, values).json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {},
    }


def get_chat_member(world: World, values: JSON) -> JSON:
    where, user = checks.chat(world, values), int(values["user_id"])
    status = world.members.get((where.id, user), "member")
    if (where.id, user) in world.anonymous and not _is_admin(world, where.id, ME.id):
        status = "member"
    found = member({"id": user, "is_bot": False, "first_name": "Someone"}, status)
    return {key: value for key, value in found.items() if key not in world.lacking}


def get_chat_administrators(world: World, values: JSON) -> list[JSON]:
    where = checks.chat(world, values)
    members = [
        get_chat_member(world, {"chat_id": chat, "user_id": user}) for chat, user in world.members if chat == where.id
    ]
    return [one for one in members if one["status"] in {"creator", "administrator"}]


def _is_admin(world: World, chat: int, user: int) -> bool:
    return world.members.get((chat, user)) in {"creator", "administrator"}


@dataclass(frozen=True, slots=True)
class Method:
    """What a method does, and the parameters that it may be given."""

    call: Callable[[World, JSON], Any]
    parameters: frozenset[str]


_TEXT = SENDING | {"text", "link_preview_options"}
_MENU = frozenset({"commands", "scope", "language_code"})
METHODS = {
    "getMe": Method(get_me, frozenset()),
    "setWebhook": Method(
        set_webhook, frozenset({"url", "secret_token", "allowed_updates", "max_connections", "drop_pending_updates"})
    ),
    "deleteWebhook": Method(delete_webhook, frozenset({"drop_pending_updates"})),
    "sendMessage": Method(send_message, _TEXT),
    "sendDocument": Method(send_document, SENDING | {"caption", "document"}),
    "sendPhoto": Method(send_photo, SENDING | {"caption", "photo"}),
    "editMessageText": Method(
        edit_message_text, (_TEXT - {"disable_notification", "reply_parameters"}) | {"message_id"}
    ),
    "editMessageReplyMarkup": Method(edit_message_reply_markup, frozenset({"chat_id", "message_id", "reply_markup"})),
    "deleteMessage": Method(delete_message, frozenset({"chat_id", "message_id"})),
    "answerCallbackQuery": Method(
        answer_callback_query, frozenset({"callback_query_id", "text", "show_alert", "url", "cache_time"})
    ),
    "answerInlineQuery": Method(
        answer_inline_query,
        frozenset({"inline_query_id", "results", "cache_time", "is_personal", "next_offset", "button"}),
    ),
    "sendChatAction": Method(send_chat_action, frozenset({"chat_id", "message_thread_id", "action"})),
    "setMyCommands": Method(set_my_commands, _MENU),
    "deleteMyCommands": Method(delete_my_commands, _MENU - {"commands"}),
    "getChat": Method(get_chat, frozenset({"chat_id"})),
    "getChatMember": Method(get_chat_member, frozenset({"chat_id", "user_id"})),
    "getChatAdministrators": Method(get_chat_administrators, frozenset({"chat_id"})),
}
"""All but getUpdates, which waits and is the server's own."""
