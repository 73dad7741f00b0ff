"""Settings come from three places in a fixed order, and every fault names its variable and no secret."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot.configuration import PREFIX, SHARED_NAMES, Settings, read_settings, variable_names
from bot.errors import SettingsError
from tests.builders import ROOT

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(PREFIX) or name in {"PORT", "DATABASE_URL"} or name in SHARED_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_are_those_of_the_shipped_file() -> None:
    settings = read_settings()
    assert settings.token is None
    assert settings.admin_ids == frozenset()
    assert settings.api_url is None
    assert (settings.knowledge_dir, settings.data_dir) == (Path("knowledge"), Path("data"))
    assert (settings.log_level, settings.log_format) == ("INFO", "console")


def test_the_shipped_file_says_what_the_code_says(tmp_path: Path) -> None:
    empty = tmp_path / "empty.toml"
    empty.write_text("")
    assert read_settings(defaults=empty) == read_settings()


def test_environment_wins_over_env_file_and_that_over_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = tmp_path / "bot.toml"
    defaults.write_text('knowledge_dir = "toml"\ndata_dir = "toml"\nlog_level = "ERROR"\n')
    Path(".env").write_text("BOT_KNOWLEDGE_DIR=file\nBOT_DATA_DIR=file\nOTHER=1\n")
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", "environment")
    settings = read_settings(defaults=defaults)
    assert (settings.knowledge_dir, settings.data_dir) == (Path("environment"), Path("file"))
    assert settings.log_level == "ERROR"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("BOT_TOKEN=\nBOT_LOG_LEVEL=debug\n")
    monkeypatch.setenv("BOT_LOG_LEVEL", "")
    monkeypatch.setenv("BOT_PORT", " ")
    monkeypatch.setenv("BOT_PROXY", '""')
    monkeypatch.setenv("BOT_ADMIN_IDS", " # none yet")
    settings = read_settings()
    assert (settings.token, settings.port, settings.proxy, settings.admin_ids) == (None, None, None, frozenset())
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("BOT_ADMIN_IDS", "1, 22,333", "admin_ids", {1, 22, 333}),
        ("BOT_ADMIN_IDS", "1，2", "admin_ids", {1, 2}),
        ("BOT_ADMIN_IDS", "7", "admin_ids", {7}),
        ("BOT_ADMIN_IDS", "1、 22 ；333;4\n5", "admin_ids", {1, 22, 333, 4, 5}),
        ("BOT_ADMIN_IDS", "[1, '22', “333”,]", "admin_ids", {1, 22, 333}),
        ("BOT_ADMIN_IDS", "１２", "admin_ids", {12}),
        ("BOT_ADMIN_IDS", '"7"  # me', "admin_ids", {7}),
        ("BOT_ADMIN_IDS", "7  # me", "admin_ids", {7}),
        ("BOT_ANONYMOUS_ADMINS", "-1001, -1002", "anonymous_admins", {-1001, -1002}),
        ("BOT_ANONYMOUS_ADMINS", "−1001，－1002", "anonymous_admins", {-1001, -1002}),
        ("BOT_HOST", "::", "host", "::"),
        ("BOT_HOST", "[::1]", "host", "::1"),
        ("BOT_HOST", "localhost", "host", "localhost"),
        ("BOT_PORT", "“8080”", "port", 8080),
        ("BOT_PORT", " 8080 # http", "port", 8080),
        ("BOT_DATA_DIR", '"my data"', "data_dir", Path("my data")),
        ("BOT_WATCH", "true", "watch", True),
        ("BOT_API_URL", "http://127.0.0.1:8081/bot/", "api_url", "http://127.0.0.1:8081/bot"),
        ("BOT_LOG_FORMAT", " JSON ", "log_format", "json"),
        ("BOT_DATA_DIR", "~/bot", "data_dir", Path.home() / "bot"),
    ],
)
def test_values_are_understood(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, expected: object
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), field) == expected


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BOT_TOKEN", "not a token", "copy it from @BotFather"),
        ("BOT_DATABASE_URL", "mysql://db/bot", "URL of mysql, which the bot can't use; it must begin with sqlite:///"),
        ("DATABASE_URL", "mysql2://db/bot", "URL of mysql2"),
        ("BOT_DATABASE_URL", "bot.db", "must begin with sqlite:/// or postgres://"),
        ("BOT_RETENTION_DAYS", "0", "greater than or equal to 1"),
        ("BOT_CONCURRENCY", "many", "valid integer"),
        ("BOT_WEBHOOK_URL", "bot.example.org", "https://bot.example.org"),
        ("BOT_WEBHOOK_SECRET", "short", "16 to 256"),
        ("BOT_PORT", "70000", "65535"),
        ("BOT_ADMIN_IDS", "1,me", "'me'"),
        ("BOT_ADMIN_IDS", "@ada", "numeric ids, and '@ada' is none; @userinfobot tells the id"),
        ("BOT_HOST", "http://0.0.0.0:8080", "without http:// and port"),
        ("BOT_HOST", "0.0.0.0:8080", "without http:// and port"),
        ("BOT_HOST", "*", "0.0.0.0 for all of IPv4"),
        ("BOT_PORT", "$PORT", "another variable's name, which nothing replaces"),
        ("BOT_PORT", "${PORT}", "another variable's name"),
        ("PORT", "$PORT", "PORT holds another variable's name"),
        ("PORT", "http", "valid integer"),
        ("BOT_TOKEN", "${{ secrets.TOKEN }}", "another variable's name"),
        ("BOT_PROXY", "127.0.0.1:7890", "write http://127.0.0.1:7890 or socks5://127.0.0.1:7890"),
        ("BOT_ADMIN_IDS", "-100123", "positive"),
        ("BOT_ANONYMOUS_ADMINS", "100123", "negative"),
        ("BOT_WATCH", "perhaps", "BOT_WATCH"),
        ("BOT_API_URL", "localhost:8081/bot", "http://localhost:8081/bot"),
        ("BOT_API_URL", "https://example.org/", "up to and with /bot"),
        ("BOT_LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("BOT_LOG_FORMAT", "xml", "'xml'"),
    ],
)
def test_a_bad_value_is_refused_in_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert name in str(refused.value)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [("BOT_TOKN", "did you mean BOT_TOKEN?"), ("BOT_ADMINS", "did you mean BOT_ADMIN_IDS?"), ("BOT_XYZ", "BOT_TOKEN,")],
)
def test_an_unknown_variable_is_refused_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    defaults = tmp_path / "bot.toml"
    defaults.write_text(f"{name.removeprefix(PREFIX).lower()} = 1\n")
    with pytest.raises(SettingsError, match=re.escape(name)):
        read_settings(defaults=defaults)
    Path(".env").write_text(f"{name}=1\n")
    with pytest.raises(SettingsError, match=re.escape(name)):
        read_settings()
    Path(".env").unlink()
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=re.escape(name)) as refused:
        read_settings()
    assert says in str(refused.value)


def test_variables_of_the_host_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8080")
    monkeypatch.setenv("ROBOT_NAME", "R2")
    settings = read_settings()
    assert (settings.token, settings.port) == (None, 8080)


def test_a_bad_value_is_told_with_the_variable_that_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "http")
    with pytest.raises(SettingsError, match=r"^PORT \('http'\) is malformed"):
        read_settings()


def test_a_space_behind_a_name_as_compose_leaves_it_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT ", " 8443")
    assert read_settings().port == 8443


def test_the_port_of_the_bot_wins_over_that_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8080")
    monkeypatch.setenv("BOT_PORT", "8443")
    assert read_settings().port == 8443


def test_the_database_of_the_bot_wins_over_that_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen() -> tuple[str, str]:
        settings = read_settings()
        url = settings.database_url
        return settings.variable_of("database_url"), url.get_secret_value() if url is not None else ""

    assert chosen() == ("BOT_DATABASE_URL", "")
    monkeypatch.setenv("DATABASE_URL", "postgres://host/bot")
    assert chosen() == ("DATABASE_URL", "postgres://host/bot")
    Path(".env").write_text("BOT_DATABASE_URL=sqlite:///data/bot.db\n")
    assert chosen() == ("BOT_DATABASE_URL", "sqlite:///data/bot.db")


def test_no_message_holds_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "mysql://bot:hunter2@db/bot")
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "hunter3")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "BOT_DATABASE_URL" in str(refused.value)
    assert "hunter" not in str(refused.value)


@pytest.mark.parametrize(
    "pasted",
    [
        f" {TOKEN}\n",
        f'"{TOKEN}"',
        f"“{TOKEN}”",
        f"\u200b{TOKEN}\ufeff",
        f"<{TOKEN}>",
        f"bot{TOKEN}",
        f"https://api.telegram.org/bot{TOKEN}",
        TOKEN.replace(":", " : "),
        TOKEN.replace(":", "："),
        f"{TOKEN[:20]}\n  {TOKEN[20:]}",
        f"{TOKEN} # from BotFather",
    ],
)
def test_the_token_is_readable_by_asking_for_it_alone_however_it_was_pasted(
    monkeypatch: pytest.MonkeyPatch, pasted: str
) -> None:
    monkeypatch.setenv("BOT_TOKEN", pasted)
    settings = read_settings()
    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert TOKEN not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize("name", ["BOT_TOKEN", "BOT_API_URL", "BOT_LOG_LEVEL", "BOT_ADMIN_IDS", "BOT_DATABASE_URL"])
def test_no_message_holds_a_token_not_even_one_set_in_the_wrong_place(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"oops {TOKEN}")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert name in str(refused.value)
    assert TOKEN not in str(refused.value)
    assert TOKEN.split(":")[1] not in str(refused.value)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    Path(".env").write_bytes(b"BOT_DATA_DIR=caf\xe9\n")
    with pytest.raises(SettingsError, match=r"\.env:1: .* save it as UTF-8"):
        read_settings()
    with pytest.raises(SettingsError, match=r"missing\.toml"):
        read_settings(defaults=tmp_path / "missing.toml")


def test_a_full_width_equals_sign_in_the_environment_does_not_show_what_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL＝postgres://bot:hunter2@db/bot?ssl", "require")
    with pytest.raises(SettingsError, match=r"begins with BOT_DATABASE_URL; .* full-width") as told:
        read_settings()
    assert "hunter2" not in str(told.value)


def test_every_setting_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^# ?(BOT_[A-Z_]+)=", example, re.MULTILINE) == list(variable_names())


def test_every_setting_but_the_secret_ones_has_its_default_in_the_file() -> None:
    text = (ROOT / "config" / "bot.toml").read_text(encoding="utf-8")
    named = set(re.findall(r"^([a-z_]+) =", text, re.MULTILINE))
    without_default = {name for name, field in Settings.model_fields.items() if field.default is None}
    assert named == set(Settings.model_fields) - without_default
