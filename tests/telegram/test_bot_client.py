"""What the bot's client sends by itself arrives as the library would send it."""

from __future__ import annotations

import json

import pytest
from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LoginUrl,
    SwitchInlineQueryChosenChat,
    WebAppInfo,
)
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.telegram.client.bot_client import BotClient, keyboard_json

BUTTONS = (
    InlineKeyboardButton("👍", callback_data="vs:u"),
    InlineKeyboardButton("分享", url="https://t.me/share/url?url=a%20b"),
    InlineKeyboardButton("app", web_app=WebAppInfo("https://example.org")),
    InlineKeyboardButton("copy", copy_text=CopyTextButton("text")),
    InlineKeyboardButton("log in", login_url=LoginUrl("https://example.org", request_write_access=True)),
    InlineKeyboardButton("here", switch_inline_query_current_chat=""),
    InlineKeyboardButton(
        "there", switch_inline_query_chosen_chat=SwitchInlineQueryChosenChat("q", allow_user_chats=True)
    ),
    InlineKeyboardButton("pay", pay=True),
)


class _Answering(BaseRequest):
    """Gives the same answer to every request, and notes what was asked."""

    def __init__(self, result: object) -> None:
        self._answer = json.dumps({"ok": True, "result": result}).encode()
        self.asked: list[dict[str, str]] = []

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Connect to nothing."""

    async def shutdown(self) -> None:
        """Close nothing."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: object, **__: object
    ) -> tuple[int, bytes]:
        assert (url.rpartition("/")[2], method) == ("sendMessage", "POST")
        assert request_data is not None
        self.asked.append(request_data.json_parameters)
        return 200, self._answer


def _client(request: BaseRequest) -> BotClient:
    return BotClient("123:token", request=request, get_updates_request=request)


def test_a_keyboard_of_any_buttons_is_written_as_the_library_writes_it() -> None:
    keyboard = InlineKeyboardMarkup([[button, *BUTTONS[:2]] for button in BUTTONS])

    assert json.loads(keyboard_json(keyboard)) == json.loads(keyboard.to_json())


async def test_a_message_is_asked_for_with_what_was_given_and_nothing_else() -> None:
    request = _Answering({"message_id": 7})
    keyboard = InlineKeyboardMarkup([[BUTTONS[0]]])

    sent = await _client(request).send_text(5, "<b>hi</b>", keyboard, parse_mode="HTML", message_thread_id=None)

    assert sent == 7
    (asked,) = request.asked
    assert json.loads(asked.pop("reply_markup")) == keyboard.to_dict()
    assert asked == {"chat_id": "5", "text": "<b>hi</b>", "parse_mode": "HTML"}


@pytest.mark.parametrize("result", [True, {}, {"message_id": None}, {"message_id": "first"}, []])
async def test_an_answer_that_names_no_message_is_a_failure_without_its_words(result: object) -> None:
    with pytest.raises(TelegramError) as failure:
        await _client(_Answering(result)).send_text(5, "hi")

    assert failure.value.message == "Invalid server response"
