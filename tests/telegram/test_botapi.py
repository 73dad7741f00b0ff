"""The tests' Bot API refuses what Telegram refuses; each case is a request and Telegram's complaint."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.botapi import ADA, FORUM, BotApi
from tests.botapi.markup import MarkupError, parse
from tests.botapi.people import private
from tests.botapi.user_actions import entities

KEY = {"text": "x", "callback_data": "y"}


def keyboard(*buttons: dict[str, Any]) -> str:
    return json.dumps({"inline_keyboard": [list(buttons)]})


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": ""}, "message text is empty"),
    ("sendMessage", {"text": " \n "}, "message text is empty"),
    ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
    ("sendMessage", {"text": "x", "chat_id": 404}, "chat not found"),
    ("sendMessage", {"text": "<b>x", "parse_mode": "HTML"}, "can't find end tag"),
    ("sendMessage", {"text": "x", "parse_mode": "Markdown"}, "unsupported parse_mode"),
    ("sendMessage", {"text": "x", "reply_markup": keyboard()}, "the keyboard or one of its rows is empty"),
    ("sendMessage", {"text": "x", "reply_markup": keyboard({"text": "x"})}, "text buttons are unallowed"),
    ("sendMessage", {"text": "x", "reply_markup": keyboard({"text": " ", "url": "https://a.b"})}, "is empty"),
    ("sendMessage", {"text": "x", "reply_markup": keyboard({**KEY, "url": "https://a.b"})}, "two actions"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": keyboard({**KEY, "callback_data": "字" * 22})},
        "BUTTON_DATA_INVALID",
    ),
    ("sendMessage", {"text": "x", "reply_markup": keyboard(*[KEY] * 101)}, "too long"),
    ("sendMessage", {"text": "x", "reply_markup": keyboard({"text": "x", "url": "https://a b"})}, "URL is invalid"),
    ("sendMessage", {"text": "x", "reply_parameters": '{"message_id": 404}'}, "message to be replied not found"),
    ("sendMessage", {"text": "x", "chat_id": FORUM.id, "message_thread_id": 404}, "message thread not found"),
    ("sendMessage", {"text": "x", "chat_id": FORUM.id, "message_thread_id": 1}, "message thread not found"),
    ("sendMessage", {"text": "x", "silently": "true"}, "unknown parameters"),
    ("editMessageText", {"text": "x", "message_id": 404}, "message to edit not found"),
    ("deleteMessage", {"message_id": 404}, "message to delete not found"),
    ("answerCallbackQuery", {"callback_query_id": "404"}, "query ID is invalid"),
    ("sendChatAction", {"action": "dancing"}, "wrong parameter action"),
    ("setMyCommands", {"commands": '[{"command": "No", "description": "x"}]'}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": "[]", "language_code": "zh-hant"}, "invalid language code"),
    ("sendAnything", {}, "Not Found"),
]


@pytest.fixture
async def lenient(api: BotApi) -> BotApi:
    """Return the server, with a private chat."""
    api.world.add_chat(private(ADA))
    return api


async def call(api: BotApi, method: str, token: str | None = None, **values: Any) -> dict[str, Any]:
    async with httpx.AsyncClient() as client:
        response = await client.post(f"{api.url}{token or api.token}/{method}", data=values)
    answer: dict[str, Any] = response.json()
    assert answer["ok"] == (response.status_code == 200)
    return answer


@pytest.mark.parametrize(("method", "values", "complaint"), REFUSED, ids=lambda value: str(value)[:40])
async def test_refusals(lenient: BotApi, method: str, values: dict[str, Any], complaint: str) -> None:
    private_chat = {} if method.startswith(("answer", "set", "sendAny")) else {"chat_id": ADA.id}

    answer = await call(lenient, method, **private_chat | values)

    assert complaint in answer["description"]
    if complaint != "chat not found":
        assert [complaint in failure for failure in lenient.failures] == [True]
    lenient.failures.clear()


async def test_tokens(lenient: BotApi) -> None:
    assert (await call(lenient, "getMe"))["result"]["username"] == "interview_bot"
    assert (await call(lenient, "getMe", "1:wrong"))["error_code"] == 401
    assert (await call(lenient, "getMe", "wrong"))["error_code"] == 404


async def test_the_same_edit_twice_is_refused(lenient: BotApi) -> None:
    sent = (await call(lenient, "sendMessage", chat_id=ADA.id, text="a"))["result"]
    edit = {"chat_id": ADA.id, "message_id": sent["message_id"], "text": "<b>b</b>", "parse_mode": "HTML"}

    assert (await call(lenient, "editMessageText", **edit))["ok"]
    assert "message is not modified" in (await call(lenient, "editMessageText", **edit))["description"]
    lenient.failures.clear()


async def test_a_tap_is_answered_once(lenient: BotApi) -> None:
    sent = await call(lenient, "sendMessage", chat_id=ADA.id, text="a", reply_markup=keyboard(KEY))
    tap = await lenient.tap(ADA, lenient.world.sent[0], "y")

    assert sent["ok"]
    assert (await call(lenient, "answerCallbackQuery", callback_query_id=tap))["ok"]
    assert not (await call(lenient, "answerCallbackQuery", callback_query_id=tap))["ok"]
    lenient.failures.clear()


async def test_an_offset_confirms_what_lies_below_it(lenient: BotApi) -> None:
    for _ in range(3):
        await lenient.private_message(ADA, "x")
    ids = [update["update_id"] for update in (await call(lenient, "getUpdates"))["result"]]

    again = (await call(lenient, "getUpdates", offset=ids[1], limit=1))["result"]

    assert [update["update_id"] for update in again] == ids[1:2]
    assert (await call(lenient, "getUpdates", offset=ids[-1] + 1, timeout=0))["result"] == []


BAD_MARKUP = [
    "<b>x", "x</b>", "<b><i>x</b></i>", "a < b", "<x>y</x>", "<b", "<p>x</p>", "<br>", "<b onclick='x'>y</b>",
    "<code><b>x</b></code>", "<blockquote><blockquote>x</blockquote></blockquote>", "<a>x</a>", "<span>x</span>",
    "<blockquote open>x</blockquote>",
]  # fmt: skip


@pytest.mark.parametrize("markup", BAD_MARKUP)
def test_markup_that_telegram_refuses(markup: str) -> None:
    with pytest.raises(MarkupError):
        parse(markup)


@pytest.mark.parametrize(
    ("markup", "text", "kinds"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d", []),
        ("a & b > c &nbsp;", "a & b > c &nbsp;", []),
        ("&amp;lt;", "&lt;", []),
        ("&#33;&#x4e00;", "!一", []),
        ("😀<b>x<i>y</i></b>", "😀xy", [("bold", 2, 2), ("italic", 3, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<a href="https://a.b">x</a><b></b>', "x", [("text_link", 0, 1)]),
    ],
)
def test_markup_that_telegram_takes(markup: str, text: str, kinds: list[tuple[str, int, int]]) -> None:
    shown, found = parse(markup)

    assert shown == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == kinds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("😀 @interview_bot hi", [("mention", 3, 14)]),
        ("/ask@interview_bot x", [("bot_command", 0, 18)]),
        ("a@interview_bot", []),
        ("@interview_bot2x", [("mention", 0, 16)]),
        ("看https://t.me/x", [("url", 1, 14)]),
        ("开源@interview_bot", []),
        ("@interview_bot开源", []),
        ("开源，@interview_bot。", [("mention", 3, 14)]),
        ("@@interview_bot", [("mention", 1, 14)]),
        ("@bot", []),
        ("/ask@interview_bot开源", []),
        ("/ask开源", []),
        ("/ask/开源", []),
        ("／ask＠interview_bot", []),
    ],
)
def test_typed_text_gets_the_entities_that_telegram_finds(text: str, found: list[tuple[str, int, int]]) -> None:
    assert [(one["type"], one["offset"], one["length"]) for one in entities(text)] == found
