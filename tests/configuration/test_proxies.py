"""What the values of proxy variables mean, which one counts, and what is said of those that can't be used."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.configuration.proxies import Proxy, credentials, parse_proxy, shared_proxy
from bot.errors import SettingsError

TELEGRAM = "https://api.telegram.org/bot"
HERE = "127.0.0.1:7890"
SECRET = "hunter2"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
        (" HTTP://127.0.0.1:7890/ ", "http://127.0.0.1:7890"),
        ("https://proxy.example.org:443", "https://proxy.example.org:443"),
        ("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("socks5h://host.docker.internal:7890", "socks5h://host.docker.internal:7890"),
        ("socks4://127.0.0.1:1080", "socks4://127.0.0.1:1080"),
        ("socks://127.0.0.1:7891/", "socks5://127.0.0.1:7891"),
        ("socks5://[::1]:1080", "socks5://[::1]:1080"),
        ("socks5：／／127.0.0.1：7890", "socks5://127.0.0.1:7890"),
        ("http://clash_proxy:7890", "http://clash_proxy:7890"),
    ],
)
def test_proxies_are_understood(value: str, shown: str) -> None:
    assert str(parse_proxy(value)) == shown


@pytest.mark.parametrize(
    ("value", "user", "password"),
    [
        ("socks5://ada:hunter2@127.0.0.1:1080", "ada", "hunter2"),
        ("socks5h://ada%40home:p%40ss%3Aw%2Frd@127.0.0.1:1080", "ada@home", "p@ss:w/rd"),
        ("http://ada:p@ss#w/rd?@127.0.0.1:1080", "ada", "p@ss#w/rd?"),
        ("http://ada:100%@127.0.0.1:1080", "ada", "100%"),
        ("http://ada@127.0.0.1:1080", "ada", ""),
    ],
)
def test_user_and_password_are_understood_and_not_shown(value: str, user: str, password: str) -> None:
    proxy = parse_proxy(value)

    assert (proxy.user, proxy.password) != (None, None)
    assert proxy.user is not None
    assert proxy.password is not None
    assert (proxy.user.get_secret_value(), proxy.password.get_secret_value()) == (user, password)
    assert "ada" not in f"{proxy} {proxy!r}"
    assert parse_proxy(proxy.address()) == proxy


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("127.0.0.1:7890", "no scheme; write http://127.0.0.1:7890 or socks5://127.0.0.1:7890"),
        ("localhost", "no scheme; write http://, https://, socks5:// or socks5h:// with host and port"),
        ("ada:hunter2@127.0.0.1:7890", "no scheme"),
        ("ftp://ada:hunter2@127.0.0.1:7890", "begins with ftp://, which the bot can't use"),
        ("vmess://hunter2", "a link to a node and no proxy"),
        ("ss://hunter2@example.org:8388", "a link to a node and no proxy"),
        ("https://t.me/proxy?server=1.2.3.4&port=443&secret=hunter2", "a proxy for Telegram's apps alone"),
        ("tg://proxy?server=1.2.3.4&secret=hunter2", "a proxy for Telegram's apps alone"),
        ("socks5://127.0.0.1", "no port"),
        ("socks5://ada:hunter2@127.0.0.1", "no port"),
        ("socks5://[::1]", "no port"),
        ("socks5://127.0.0.1:", "no port"),
        ("socks5://127.0.0.1:port", "no port between 1 and 65535"),
        ("socks5://127.0.0.1:70000", "no port between 1 and 65535"),
        ("socks5://::1:1080", "IPv6 address without brackets"),
        ("socks5://:1080", "no host"),
        ("socks5://127。0。0。1:1080", "no host"),
        ("http://127.0.0.1:7890/proxy.pac", "more than host and port"),
        ("socks5://ada@127.0.0.1:1080", "a user without a password"),
        ("socks5://ada:密码hunter2@127.0.0.1:1080", "other characters than ASCII"),
        (f"socks5://ada:{'hunter2' * 50}@127.0.0.1:1080", "too long"),
        ("http://ada%3A:hunter2@127.0.0.1:1080", "a user with a colon"),
    ],
)
def test_what_cannot_be_used_is_told_without_user_and_password(value: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as refused:
        parse_proxy(value)

    assert SECRET not in str(refused.value)
    assert "ada" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"https_proxy": f"http://{HERE}"}, "https_proxy"),
        ({"HTTPS_PROXY": f"http://{HERE}"}, "HTTPS_PROXY"),
        ({"https_proxy": f"http://{HERE}", "HTTPS_PROXY": "nonsense"}, "https_proxy"),
        ({"all_proxy": f"socks5://{HERE}"}, "all_proxy"),
        ({"ALL_PROXY": f"socks://{HERE}/"}, "ALL_PROXY"),
        ({"ALL_PROXY": "nonsense", "HTTPS_PROXY": f"http://{HERE}"}, "HTTPS_PROXY"),
        ({"http_proxy": f"http://{HERE}"}, None),
        ({"https_proxy": f"http://{HERE}", "no_proxy": "api.telegram.org"}, None),
        ({"https_proxy": f"http://{HERE}", "NO_PROXY": "localhost, .telegram.org"}, None),
        ({"https_proxy": f"http://{HERE}", "NO_PROXY": "*.telegram.org"}, None),
        ({"https_proxy": f"http://{HERE}", "NO_PROXY": "*"}, None),
        ({"https_proxy": f"http://{HERE}", "NO_PROXY": "legram.org,,telegram.org:8443"}, "https_proxy"),
    ],
)
def test_the_proxy_is_the_one_that_programs_share(variables: Mapping[str, str], expected: str | None) -> None:
    proxy = shared_proxy(TELEGRAM, variables)

    assert (proxy.variable if proxy is not None else None) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8081/bot", None),
        ("http://localhost:8080/v1/embeddings", None),
        ("http://[::1]:8080/v1/embeddings", None),
        ("http://10.1.2.3:8080/v1/embeddings", None),
        ("http://192.168.1.5/v1/embeddings", "ALL_PROXY"),
    ],
)
def test_this_machine_and_excepted_networks_are_reached_without_it(address: str, expected: str | None) -> None:
    proxy = shared_proxy(address, {"ALL_PROXY": f"socks5://{HERE}", "NO_PROXY": "10.0.0.0/8"})

    assert (proxy.variable if proxy is not None else None) == expected


def test_a_shared_proxy_that_cannot_be_used_is_told_with_its_variable() -> None:
    with pytest.raises(SettingsError, match=r"^HTTPS_PROXY has no scheme; write http://127\.0\.0\.1:7890 or"):
        shared_proxy(TELEGRAM, {"HTTPS_PROXY": HERE, "ALL_PROXY": f"socks5://{HERE}"})


def test_what_a_log_must_hide_is_both_as_written_and_as_meant() -> None:
    assert credentials("http://ada:p%40ss@127.0.0.1:1") == {"ada:p%40ss", "p@ss"}
    assert credentials(f"http://{HERE}") == frozenset()


def test_proxies_are_compared_by_what_they_hold() -> None:
    assert parse_proxy(f"socks5://{HERE}", "ALL_PROXY") == Proxy("ALL_PROXY", "socks5", "127.0.0.1", 7890)


PIECES = st.text(alphabet="a1:@/%#[].？：-")
SOMEHOW = st.tuples(st.sampled_from(["http", "socks5", "https", "ss"]), PIECES, PIECES)


@given(st.text() | SOMEHOW.map(lambda parts: f"{parts[0]}://{parts[1]}@{parts[2]}"))
def test_whatever_is_written_is_a_proxy_or_told_in_one_line(value: str) -> None:
    told = ""
    try:
        proxy = parse_proxy(value)
        assert parse_proxy(proxy.address()) == proxy
    except ValueError as error:
        told = str(error)
    assert "\n" not in told
