"""A database URL is read as libpq reads it; what can't be used is told, and never a password."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SettingsError
from bot.storage.database_url import SSL_MODES, password_of, read_address

HOST = {"host": ["db"], "port": [5432], "database": "bot", "timeout": 10}
BOB = HOST | {"user": "bob", "password": "hunter2"}


@pytest.mark.parametrize(
    ("url", "connect"),
    [
        ("postgres://db/bot", HOST),
        ("postgresql://bob:hunter2@db/bot", BOB),
        ("postgresql+psycopg2://bob:hunter2@db:5432/bot", BOB),
        ("postgres://bob:hunter2@db/bot?channel_binding=require&gssencmode=disable&keepalives=1", BOB),
        ("postgres://db/bot?user=bob&password=hunter2", BOB),
        ("postgres://bob:p%40%2Fss@db/bot", BOB | {"password": "p@/ss"}),
        ("postgres://bob:p@ss@db/bot", BOB | {"password": "p@ss"}),
        ("postgres://bob:p/s#s?@db/bot", BOB | {"password": "p/s#s?"}),
        ("postgres://[::1]:6543/bot", HOST | {"host": ["::1"], "port": [6543]}),
        ("postgres://db,db2:6543/bot", HOST | {"host": ["db", "db2"], "port": [5432, 6543]}),
        ("postgres:///bot?host=/run/postgresql&port=6543", HOST | {"host": ["/run/postgresql"], "port": [6543]}),
        ("postgres://%2Frun%2Fpostgresql/bot", HOST | {"host": ["/run/postgresql"]}),
        ("postgres://db/bot?connect_timeout=3", HOST | {"timeout": 3}),
        ("postgres://bob:hunter2@db/bot?application_name=a@b", BOB | {"server_settings": {"application_name": "a@b"}}),
        ("postgres://db/bot?options=endpoint%3Dx", HOST | {"server_settings": {"options": "endpoint=x"}}),
        ("postgres://db/bot?schema=public", HOST),
        ("postgres://db/bot?schema=bots", HOST | {"server_settings": {"search_path": "bots"}}),
        ("postgres://db/bot?ssl=true", HOST | {"dsn": "postgresql://?sslmode=require"}),
        ("postgres://db/bot?sslmode=no-verify", HOST | {"dsn": "postgresql://?sslmode=require"}),
        (
            "postgres://db/bot?target_session_attrs=read-write",
            HOST | {"dsn": "postgresql://?target_session_attrs=read-write"},
        ),
    ],
)
def test_a_url_becomes_what_the_driver_takes(url: str, connect: dict[str, Any]) -> None:
    address = read_address(url)
    assert (address.file, address.connect) == (None, connect)
    assert "hunter2" not in f"{address} {address!r}"


@pytest.mark.parametrize("mode", SSL_MODES)
def test_every_mode_of_tls_is_known(mode: str) -> None:
    connect = read_address(f"postgres://db/bot?sslmode={mode}").connect
    if mode.startswith("verify"):
        assert isinstance(connect["ssl"], ssl.SSLContext)
        assert connect["ssl"].verify_mode == ssl.CERT_REQUIRED
        assert connect["ssl"].check_hostname == (mode == "verify-full")
    else:
        assert connect["dsn"] == f"postgresql://?sslmode={mode}"


@pytest.mark.parametrize("parameter", ["pgbouncer=true", "statement_cache_size=0", "prepareThreshold=0"])
def test_a_url_may_tell_of_a_pooler(parameter: str) -> None:
    assert read_address(f"postgres://db/bot?{parameter}").pooled
    assert not read_address("postgres://db/bot?pgbouncer=false").pooled


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
def test_a_file_needs_no_driver(scheme: str) -> None:
    assert read_address(f"{scheme}:///data/bot.db").file == Path("data/bot.db")
    assert read_address(f"{scheme}:////var/bot.db").file == Path("/var/bot.db")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgres://bob:hunter2@db:port/bot", "must look like postgres://user:password@host:5432/name"),
        ("postgres://bob:hunter2@db/bot?sslmod=require", "'sslmod'; did you mean sslmode?"),
        ("postgres://bob:hunter2@db/bot?sslmode=on", "sslmode must be one of disable, allow"),
        ("postgres://bob:hunter2@db/bot?target_session_attrs=any-one", "must be one of any, read-write"),
        ("postgres://bob:hunter2@db/bot?connect_timeout=soon", "a number of seconds"),
        ("postgres://bob:hunter2@db/bot?sslrootcert=/nowhere.crt", "sslrootcert=system"),
        ("postgres://bob:p@ss?hunter2=@db/bot", "must look like"),
        ("postgres:bob:hunter2@db", "must look like"),
        ("jdbc:postgresql://db/bot?password=hunter2", "jdbc is no database"),
        ("sqlite://data/bot.db", "write sqlite:///data/bot.db"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:///bot.db?mode=ro", "no parameters"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line_without_the_password(url: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_address(url, "DATABASE_URL")
    assert says in str(refused.value)
    assert str(refused.value).startswith("DATABASE_URL: ")
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_what_is_left_out_is_told_to_those_who_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    read_address("postgres://bob:hunter2@db/bot?channel_binding=require")
    assert caplog.messages == ["The database URL's channel_binding is not needed here and left out"]


def test_the_password_is_known_so_that_the_log_can_hide_it() -> None:
    assert password_of("postgres://bob:hunt%65r2@db/bot") == "hunter2"
    assert (password_of("sqlite:///bot.db"), password_of("postgres://db:port")) == (None, None)
