"""How the bot asks Telegram: what it reads of the answers, and what it tells of failures."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr
from telegram.error import NetworkError

from bot.answers.assistant import Assistant
from bot.telegram.app import build
from bot.telegram.client import HttpClient
from bot.telegram.context import App
from tests.botapi import ADA, BotApi
from tests.botapi.people import private
from tests.replica import free_port
from tests.telegram.serving import MakeServices


def test_of_a_message_only_what_is_used_is_read() -> None:
    message = {"message_id": 5, "date": 1, "chat": {"id": 2, "type": "private"}, "text": "x"}
    payload = json.dumps({"ok": True, "result": message | {"reply_to_message": message, "entities": []}}).encode()

    assert HttpClient.parse_json_payload(payload) == {"ok": True, "result": message}


def test_other_answers_are_read_whole() -> None:
    answer = {"ok": True, "result": [{"update_id": 1, "message": {"message_id": 1, "entities": []}}]}

    assert HttpClient.parse_json_payload(json.dumps(answer).encode()) == answer


async def test_files_arrive_with_their_names(bot: App, api: BotApi) -> None:
    api.world.add_chat(private(ADA))

    await bot.bot.send_document(ADA.id, "内容".encode(), filename="gaps.yaml", caption="说明")

    (sent,) = await api.sent(1)
    assert (sent.file, sent.text) == (("gaps.yaml", "内容".encode()), "说明")


async def test_a_failure_does_not_tell_the_token(assistant: Assistant, make_services: MakeServices) -> None:
    token = SecretStr("123456789:secret")
    application = build(token, make_services(assistant), f"http://127.0.0.1:{free_port()}/bot")

    with pytest.raises(NetworkError, match=r"127\.0\.0\.1") as failure:
        await application.bot.initialize()

    assert "secret" not in f"{failure.value!r} {failure.value.__cause__}"
    await application.bot.shutdown()
