"""The HTTP server listens where it is told, on IPv4 and IPv6; where it can't, it says which setting to change."""

from __future__ import annotations

import logging
import re
import socket
from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest

from bot.answers.assistant import Assistant
from bot.errors import SettingsError
from bot.telegram.updates import HttpServerConfig
from bot.telegram.updates.http_server import host_and_port, listeners_at
from tests.botapi import BotApi
from tests.replica import free_port
from tests.telegram.serving import MakeServices, serving_with


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize(
    ("host", "reached", "url"),
    [
        ("127.0.0.1", ["127.0.0.1"], "http://127.0.0.1:{port}"),
        ("0.0.0.0", ["127.0.0.1"], "http://0.0.0.0:{port}"),  # noqa: S104
        pytest.param("::1", ["[::1]"], "http://[::1]:{port}", marks=ipv6),
        pytest.param("::", ["[::1]", "127.0.0.1"], "http://[::]:{port}", marks=ipv6),
    ],
)
async def test_it_listens_where_it_is_told_and_logs_a_valid_url(
    api: BotApi,
    assistant: Assistant,
    make_services: MakeServices,
    http_server: HttpServerConfig,
    caplog: pytest.LogCaptureFixture,
    host: str,
    reached: list[str],
    url: str,
) -> None:
    caplog.set_level(logging.INFO)
    services = make_services(assistant, http_server=replace(http_server, host=host))
    async with serving_with(api, services), httpx.AsyncClient(trust_env=False) as client:
        await api.wait_for(lambda: api.world.webhook, "the webhook to be set")
        for address in reached:
            assert (await client.get(f"http://{address}:{http_server.port}/healthz")).status_code == 200

    where = url.format(port=http_server.port)
    assert f"Listening at {where}" in caplog.text
    assert httpx.URL(where).port == http_server.port


def test_a_name_is_listened_at_by_all_its_addresses_and_one_port() -> None:
    with ExitStack() as opened:
        ports = {opened.enter_context(each).getsockname()[1] for each in listeners_at("localhost", 0)}

    assert len(ports) == 1


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("192.0.2.1", "BOT_HOST: can't listen at 192.0.2.1:{port} (Cannot assign requested address); 0.0.0.0"),
        ("2001:db8::1", "BOT_HOST: can't listen at [2001:db8::1]:{port} ("),
        ("bot..invalid", "BOT_HOST: bot..invalid:{port} is no address of this machine"),
    ],
)
def test_an_address_of_another_machine_is_told(host: str, says: str) -> None:
    port = free_port()
    with pytest.raises(SettingsError, match=re.escape(says.format(port=port))):
        listeners_at(host, port)


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=ipv6)])
def test_a_port_that_is_taken_is_told(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=re.escape(f"BOT_PORT: can't listen at {host_and_port(host, port)} (")):
            listeners_at(host, port)
