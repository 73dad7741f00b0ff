"""The webhook takes what Telegram sends and nothing else; health and figures are served beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from bot.answers.assistant import Assistant
from bot.errors import SettingsError
from bot.matching.matcher import Matcher
from bot.telegram.app import build
from bot.telegram.context import App
from bot.telegram.lifecycle import ALLOWED_UPDATES, serve
from bot.telegram.updates import WEBHOOK_PATH, HttpServerConfig
from bot.telegram.updates.endpoints import MAX_BODY_BYTES, NO_SEMANTICS
from tests.botapi import ADA, BotApi
from tests.builders import SECOND, Prebuilt
from tests.telegram.knowledge import NUCLEAR, SOLAR
from tests.telegram.serving import MakeServices, dead_letters, serving_with

SECRET = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def bot(
    api: BotApi, assistant: Assistant, make_services: MakeServices, http_server: HttpServerConfig
) -> AsyncIterator[App]:
    async with serving_with(api, make_services(assistant, http_server=http_server)) as application:
        await api.wait_for(lambda: api.world.webhook, "the webhook to be set")
        yield application


@pytest.fixture
async def client(http_server: HttpServerConfig) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=str(http_server.webhook), trust_env=False) as made:
        yield made


@pytest.mark.usefixtures("bot")
async def test_telegram_is_told_where_and_how_to_deliver(api: BotApi, http_server: HttpServerConfig) -> None:
    assert await api.answer(ADA, NUCLEAR)

    assert api.world.webhook == {
        "url": f"{http_server.webhook}{WEBHOOK_PATH}",
        "secret_token": http_server.secret.get_secret_value(),
        "allowed_updates": list(ALLOWED_UPDATES),
    }
    assert api.called("getUpdates") == []


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("secret", [{}, {SECRET: ""}, {SECRET: "s3cret-of-the-webhooj"}, {SECRET: "ſ3cret"}])
async def test_nobody_else_can_deliver(api: BotApi, client: httpx.AsyncClient, secret: dict[str, str]) -> None:
    headers = [(name.encode(), value.encode()) for name, value in secret.items()]

    answer = await client.post(WEBHOOK_PATH, content=json.dumps({"update_id": 1}), headers=headers)

    assert (answer.status_code, answer.content) == (403, b"")
    assert api.world.sent == []


@pytest.mark.usefixtures("bot")
async def test_what_is_too_large_for_an_update_is_refused(
    client: httpx.AsyncClient, http_server: HttpServerConfig
) -> None:
    headers = {SECRET: http_server.secret.get_secret_value()}

    assert (await client.post(WEBHOOK_PATH, content=b"x" * (MAX_BODY_BYTES + 1), headers=headers)).status_code == 413


@pytest.mark.parametrize(
    ("body", "key"),
    [(b"", None), (b"[]", None), (b"{}", None), (b'{"update_id": 1, "message": 2}', 1)],
    ids=["empty", "a list", "no id", "no message"],
)
async def test_what_is_no_update_is_taken_and_kept_as_a_dead_letter(
    bot: App, client: httpx.AsyncClient, http_server: HttpServerConfig, body: bytes, key: int | None
) -> None:
    headers = {SECRET: http_server.secret.get_secret_value()}
    for _ in range(2):
        assert (await client.post(WEBHOOK_PATH, content=body, headers=headers)).status_code == 200

    (letter,) = await dead_letters(bot, 1)

    assert letter.content == body.decode()
    assert letter.key == key if key is not None else letter.key < 0


@pytest.mark.usefixtures("bot")
async def test_a_redelivery_is_taken_but_not_answered_again(
    api: BotApi, client: httpx.AsyncClient, http_server: HttpServerConfig
) -> None:
    await api.answer(ADA, NUCLEAR)
    headers = {SECRET: http_server.secret.get_secret_value()}

    assert (await client.post(WEBHOOK_PATH, json=api.world.updates[-1], headers=headers)).status_code == 200

    await api.answer(ADA, SOLAR)
    assert len(api.world.sent) == 2


@pytest.mark.usefixtures("bot")
async def test_nothing_else_is_served(client: httpx.AsyncClient) -> None:
    statuses = [(await client.get(path)).status_code for path in ("/", "/docs", "/.env", "/healthz/", WEBHOOK_PATH)]

    assert statuses == [404, 404, 404, 404, 405]
    assert (await client.post("/healthz")).status_code == 405


async def test_health_tells_of_a_lost_feature(
    api: BotApi, client: httpx.AsyncClient, second: Matcher, make_services: MakeServices, http_server: HttpServerConfig
) -> None:
    without_vectors = replace(second, engine=replace(second.engine, embedder=None, vectors=None))
    services = make_services(Assistant(Prebuilt(without_vectors), SECOND), http_server=http_server)
    async with serving_with(api, services):
        await api.wait_for(lambda: api.world.webhook, "the webhook to be set")
        alive = await client.get("/healthz")
    assert (alive.status_code, alive.text) == (200, f"ok\n{NO_SEMANTICS}\n")


async def test_health_and_figures(bot: App, api: BotApi, client: httpx.AsyncClient) -> None:
    await api.answer(ADA, NUCLEAR)
    await api.answer(ADA, "/reload")
    version = bot.services.assistant.knowledge.version

    alive, ready, figures = [await client.get(path) for path in ("/healthz", "/readyz", "/metrics")]

    assert (alive.status_code, alive.text) == (200, "ok\n")
    assert ready.json() == {"ready": True, "problems": [], "knowledge": version, "waiting": 0}
    lines = figures.text.splitlines()
    assert 'bot_questions_total{language="zh",status="answered"} 1.0' in lines
    assert f'bot_knowledge_info{{version="{version}"}} 1.0' in lines
    assert "bot_answer_duration_seconds_count 1.0" in lines
    assert 'bot_reloads_total{outcome="done"} 1.0' in lines
    assert {"bot_inbox_waiting 0.0", "bot_database_unavailable 0.0", "bot_inbox_dead_letters 0.0"} <= set(lines)


async def test_health_is_served_while_polling_too_but_no_webhook(
    api: BotApi,
    assistant: Assistant,
    make_services: MakeServices,
    http_server: HttpServerConfig,
    client: httpx.AsyncClient,
) -> None:
    polling = HttpServerConfig(http_server.host, http_server.port, None, http_server.secret)
    async with serving_with(api, make_services(assistant, http_server=polling)):
        await api.answer(ADA, NUCLEAR)

        assert (await client.get("/readyz")).json()["ready"]
        assert (await client.post(WEBHOOK_PATH, json={})).status_code == 404


@pytest.mark.slow
async def test_health_is_served_before_telegram_is_reached(
    api: BotApi,
    assistant: Assistant,
    make_services: MakeServices,
    http_server: HttpServerConfig,
    client: httpx.AsyncClient,
) -> None:
    api.fail("getMe", 502, "Bad Gateway", times=2)
    async with serving_with(api, make_services(assistant, http_server=http_server)):
        await api.wait_for(lambda: api.called("getMe"), "the first attempt")

        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["problems"]) == (503, ["Telegram isn't reached yet"])

        await api.wait_for(lambda: api.world.webhook, "the webhook to be set", limit=15)
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    "reason",
    [
        "Webhook can be set up only on ports 80, 88, 443 or 8443",
        "Failed to resolve host: Name or service not known",
        "An HTTPS URL must be provided for webhook",
        "IP address 10.0.0.1 is reserved",
    ],
)
async def test_an_address_that_telegram_refuses_ends_the_start_with_its_reason(
    api: BotApi, assistant: Assistant, make_services: MakeServices, http_server: HttpServerConfig, reason: str
) -> None:
    api.fail("setWebhook", 400, f"Bad Request: bad webhook: {reason}")
    refused = replace(http_server, webhook="https://me:secret@bot.example:9443")
    application = build(SecretStr(api.token), make_services(assistant, http_server=refused), api.url)

    with pytest.raises(SettingsError) as ended:
        await serve(application, asyncio.Event())

    told = str(ended.value)
    assert told.startswith(
        f"BOT_WEBHOOK_URL: Telegram won't deliver to bot.example:9443 (Bad webhook: {reason.lower()}); "
    )
    assert ("\n" in told, "secret" in told) == (False, False)
    assert len(api.called("setWebhook")) == 1


async def test_a_webhook_is_set_once_telegram_can_be_reached(
    api: BotApi, assistant: Assistant, make_services: MakeServices, http_server: HttpServerConfig
) -> None:
    api.cut("setWebhook")
    async with serving_with(api, make_services(assistant, http_server=http_server)):
        await api.wait_for(lambda: api.world.webhook, "the webhook to be set", limit=15)


async def test_a_port_that_is_taken_ends_the_start_with_advice(
    bot: App, api: BotApi, assistant: Assistant, make_services: MakeServices, http_server: HttpServerConfig
) -> None:
    assert bot.running
    second = build(SecretStr(api.token), make_services(assistant, http_server=http_server), api.url)

    with pytest.raises(SettingsError, match=f"BOT_PORT: can't listen at 127.0.0.1:{http_server.port}"):
        await serve(second, asyncio.Event())
