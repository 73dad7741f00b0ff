"""Telegram is reached through a proxy where one is set; its failures are reported as such, without secrets."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from telegram.error import NetworkError

from bot.answers.assistant import Assistant
from bot.configuration.proxies import Proxy, parse_proxy
from bot.telegram.app import build
from bot.telegram.client import HttpClient
from bot.text import Texts
from tests.botapi import ADA, BotApi
from tests.builders import ROOT
from tests.proxy import CERTIFICATE, NAME, certified, encrypted, running
from tests.replica import free_port
from tests.telegram.knowledge import NUCLEAR
from tests.telegram.serving import MakeServices, serving_with

pytestmark = pytest.mark.slow

USER, PASSWORD = "ada", "p@ss:w/rd"
CREDENTIALS = "ada:p%40ss%3Aw%2Frd@"
SCHEMES = ("http", "socks5", "socks5h", "socks4a")


@pytest.mark.parametrize("credentials", ["", CREDENTIALS], ids=["open", "with a password"])
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_questions_are_answered_through_a_proxy_that_looks_up_the_name(
    api: BotApi, assistant: Assistant, make_services: MakeServices, scheme: str, credentials: str
) -> None:
    api.url = api.url.replace("127.0.0.1", NAME)
    async with running(*(USER, PASSWORD) if credentials else ("", "")) as proxy:
        settings = parse_proxy(f"{scheme}://{credentials}127.0.0.1:{proxy.port}")
        async with serving_with(api, make_services(assistant, proxy=settings)):
            assert await api.answer(ADA, NUCLEAR)

    assert set(proxy.asked) == {NAME}


async def test_socks4_names_an_address(api: BotApi, assistant: Assistant, make_services: MakeServices) -> None:
    async with running() as proxy:
        settings = parse_proxy(f"socks4://127.0.0.1:{proxy.port}")
        async with serving_with(api, make_services(assistant, proxy=settings)):
            assert await api.answer(ADA, NUCLEAR)

    assert set(proxy.asked) == {"127.0.0.1"}


@pytest.mark.parametrize("use_proxy", [False, True])
async def test_diag_reports_whether_there_is_one(
    api: BotApi, assistant: Assistant, make_services: MakeServices, texts: Texts, *, use_proxy: bool
) -> None:
    async with running(USER, PASSWORD) as proxy:
        settings = parse_proxy(f"socks5h://{CREDENTIALS}127.0.0.1:{proxy.port}", "ALL_PROXY") if use_proxy else None
        async with serving_with(api, make_services(assistant, proxy=settings)):
            reply_text = (await api.answer(ADA, "/diag")).text

    shown = f"socks5h://127.0.0.1:{proxy.port}"
    line = texts("zh", "diag.proxy", proxy=shown, variable="ALL_PROXY") if use_proxy else texts("zh", "diag.no_proxy")
    assert line in reply_text.splitlines()
    assert USER not in line


@asynccontextmanager
async def faulty_proxy(kind: str) -> AsyncIterator[Proxy]:
    """Run a proxy with a fault, and yield the settings that lead to it; `kind` is a scheme and the fault."""
    scheme, _, fault = kind.partition(" ")

    def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with running(USER, PASSWORD) as proxy, await asyncio.start_server(silent, "127.0.0.1", 0) as closing:
        port, credentials = proxy.port, CREDENTIALS
        match fault:
            case "absent":
                port = free_port()
            case "closes":
                port = closing.sockets[0].getsockname()[1]
            case "wrong_password":
                credentials = "ada:hunter2@"
            case "anonymous":
                credentials = ""
            case "forbids":
                proxy.names = {}
        yield parse_proxy(f"{scheme}://{credentials}127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("http wrong_password", "refuses the user or password"),
        ("http anonymous", "refuses the user or password"),
        ("http absent", "can't be reached (Connection refused); check that it runs, and host and port"),
        ("http forbids", "doesn't connect to Telegram (502 Bad Gateway)"),
        ("http closes", "check the scheme and the port"),
        ("https plain", "check the scheme and the port"),
        ("socks5 wrong_password", "refuses the user or password"),
        ("socks5h anonymous", "refuses the user or password"),
        ("socks5 absent", "in a container write host.docker.internal"),
        ("socks5 forbids", "doesn't connect to Telegram (Host unreachable)"),
        ("socks5 closes", "check the scheme and the port"),
        ("socks4a forbids", "doesn't connect to Telegram"),
    ],
)
async def test_a_proxy_that_does_not_serve_is_reported_as_the_problem(
    assistant: Assistant, make_services: MakeServices, kind: str, says: str
) -> None:
    async with faulty_proxy(kind) as settings:
        services = make_services(assistant, proxy=settings)
        application = build(SecretStr("123456789:secret"), services, f"http://{NAME}:{free_port()}/bot")
        with pytest.raises(NetworkError) as failure:
            await application.bot.initialize()
        await application.bot.shutdown()

    message = str(failure.value)
    assert message.startswith(f"BOT_PROXY: the proxy {settings} ")
    assert says in message
    everything = "".join(traceback.format_exception(failure.value))
    assert not any(secret in everything for secret in (USER + ":", PASSWORD, "p%40ss", "hunter2", "secret"))


async def test_the_log_reports_it_once_while_it_is_tried_again(
    api: BotApi, assistant: Assistant, make_services: MakeServices, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(USER, "another") as proxy:
        settings = parse_proxy(f"socks5://{CREDENTIALS}127.0.0.1:{proxy.port}", "HTTPS_PROXY")
        async with serving_with(api, make_services(assistant, proxy=settings)):
            await api.wait_for(lambda: "trying again" in caplog.text, "the line")
            proxy.password = PASSWORD
            assert await api.answer(ADA, NUCLEAR, limit=20)

    lines = [record.getMessage() for record in caplog.records if "can't be reached" in record.getMessage()]
    expected = f"Telegram can't be reached (HTTPS_PROXY: the proxy {settings} refuses the user or password); "
    assert lines == [f"{expected}trying again until it can, check the network and HTTPS_PROXY"]
    assert PASSWORD not in caplog.text


async def test_a_proxy_that_hangs_is_reported_too() -> None:
    over = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        settings = parse_proxy(f"socks5://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        request = HttpClient(1, settings, connect_seconds=0.05)
        await request.initialize()
        with pytest.raises(NetworkError, match=f"BOT_PROXY: no connection through the proxy {settings} in time"):
            await request.do_request(f"http://{NAME}/bot1:x/getMe", "POST")
        await request.shutdown()
        over.set()


@asynccontextmanager
async def process(folder: Path, env_file: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m bot run` in a folder with a `.env` and nothing of this machine's settings."""
    home = folder.parent
    (home / ".env").write_text(env_file, encoding="utf-8")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BOT_") and not name.lower().endswith("_proxy")
    }
    own = {"PYTHONPATH": str(ROOT), "BOT_KNOWLEDGE_DIR": str(folder), "BOT_LOG_LEVEL": "DEBUG"}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=home, env=kept | own | more, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def log_of(running: asyncio.subprocess.Process) -> str:
    _, log = await asyncio.wait_for(running.communicate(), 60)
    return log.decode()


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("variable", ["BOT_PROXY", "all_proxy", "HTTP_PROXY"])
async def test_a_proxy_in_the_env_file_serves_and_its_password_is_in_no_log(
    api: BotApi, folder: Path, variable: str
) -> None:
    async with running(USER, PASSWORD) as proxy:
        proxy_url = f"socks5h://{CREDENTIALS}127.0.0.1:{proxy.port}"
        env_file = f"BOT_TOKEN={api.token}\n{variable}={proxy_url}\n"
        async with process(folder, env_file, BOT_API_URL=api.url.replace("127.0.0.1", NAME)) as bot:
            await api.private_message(ADA, NUCLEAR)
            await api.sent(1, limit=60)
            bot.terminate()
            log = await log_of(bot)

    assert NAME in proxy.asked
    assert not any(secret in log for secret in (PASSWORD, CREDENTIALS, "p%40ss"))


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
async def test_encryption_goes_through_the_proxy_to_telegram_itself(api: BotApi, folder: Path, scheme: str) -> None:
    encryption = certified() if scheme == "https" else None
    async with running(USER, PASSWORD, encryption) as proxy, encrypted(urlsplit(api.url).port or 0) as port:
        env_file = f"BOT_TOKEN={api.token}\nHTTPS_PROXY={scheme}://{CREDENTIALS}127.0.0.1:{proxy.port}\n"
        more = {"BOT_API_URL": f"https://{NAME}:{port}/bot", "SSL_CERT_FILE": str(CERTIFICATE)}
        async with process(folder, env_file, **more) as bot:
            await api.private_message(ADA, NUCLEAR)
            await api.sent(1, limit=60)
            bot.terminate()
            log = await log_of(bot)

    assert set(proxy.asked) == {NAME}
    assert not any(word in log for word in (PASSWORD, CREDENTIALS, "Traceback"))


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("BOT_PROXY", "127.0.0.1:7890", "BOT_PROXY has no scheme; write http://127.0.0.1:7890 or socks5://"),
        ("ALL_PROXY", "ada:hunter2@127.0.0.1:7890", "ALL_PROXY has no scheme; write http://, https://"),
        ("https_proxy", "vmess://hunter2", "https_proxy begins with vmess://, a link to a node"),
    ],
)
async def test_a_proxy_that_cannot_be_used_ends_the_start_in_one_line(
    api: BotApi, folder: Path, variable: str, value: str, says: str
) -> None:
    async with process(folder, f"BOT_TOKEN={api.token}\n{variable}={value}\n") as bot:
        log = await log_of(bot)

    assert bot.returncode == 2
    assert len(log.splitlines()) == 1
    assert says in log
    assert "hunter2" not in log
