"""What hosts set beside the bot's own settings: variables for services of its name, and proxies that programs share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot import compose
from bot.cli.main import main
from bot.configuration import PREFIX, SHARED_NAMES, read_settings
from bot.errors import SettingsError


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(PREFIX) or name == "PORT" or name in SHARED_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


KUBERNETES = {
    "BOT_SERVICE_HOST": "10.0.0.1",
    "BOT_SERVICE_PORT": "80",
    "BOT_SERVICE_PORT_HTTP": "80",
    "BOT_PORT": "tcp://10.0.0.1:80",
    "BOT_PORT_80_TCP": "tcp://10.0.0.1:80",
    "BOT_PORT_80_TCP_PROTO": "tcp",
    "BOT_PORT_80_TCP_PORT": "80",
    "BOT_PORT_80_TCP_ADDR": "10.0.0.1",
    "BOT_POSTGRES_SERVICE_HOST": "fd00::7",
    "BOT_POSTGRES_PORT": "tcp://[fd00::7]:5432",
}
"""What a pod gets for the services "bot" and "bot-postgres"."""
LINK = {
    "BOT_NAME": "/web/bot",
    "BOT_PORT": "tcp://172.17.0.5:8080",
    "BOT_PORT_8080_TCP_ADDR": "172.17.0.5",
    "BOT_ENV_PATH": "/usr/bin",
    "BOT_ENV_BOT_TOKEN": "x",
}
"""What a container gets for a link to another that is called "bot"."""


@pytest.mark.parametrize("injected", [KUBERNETES, LINK], ids=["Kubernetes", "docker"])
@pytest.mark.parametrize("port", [None, "8080"])
def test_variables_for_a_service_of_the_same_name_count_for_nothing(
    monkeypatch: pytest.MonkeyPatch, injected: dict[str, str], port: str | None
) -> None:
    for name, value in injected.items():
        monkeypatch.setenv(name, value)
    if port is not None:
        monkeypatch.setenv("PORT", port)
    settings = read_settings()

    assert settings.port == (int(port) if port is not None else None)
    assert settings.token is None
    assert list(settings.injected) == sorted(injected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_NAME", "My bot"),
        ("BOT_SERVICE_HOST", "example.org"),
        ("BOT_SERVICE_PORT", "http"),
        ("BOT_PORT_80", "tcp://10.0.0.1:80"),
        ("BOT_PORT_80_TCP", "80"),
    ],
)
def test_variables_that_only_resemble_those_are_unknown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"unknown setting {name};"):
        read_settings()


def test_what_was_injected_is_told_in_one_debug_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_PORT", "tcp://10.0.0.1:80")
    monkeypatch.setenv("BOT_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("BOT_KNOWLEDGE_DIR", "nowhere")
    monkeypatch.setenv("BOT_LOG_LEVEL", "DEBUG")
    main(["knowledge", "check"])

    told = [line for line in capsys.readouterr().err.splitlines() if "orchestrator" in line]
    assert len(told) == 1
    assert told[0].endswith("BOT_PORT, BOT_SERVICE_HOST")


def test_the_own_proxy_goes_before_the_shared_and_for_telegram_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("BOT_PROXY=socks5://ada:hunter2@127.0.0.1:1\nHTTPS_PROXY=http://127.0.0.1:2\n")
    monkeypatch.setenv("NO_PROXY", "*.internal")
    settings = read_settings()

    assert str(settings.telegram_proxy("https://api.telegram.org/bot")) == "socks5://127.0.0.1:1"
    assert str(settings.shared_proxy("https://example.org/v1")) == "http://127.0.0.1:2"
    assert settings.shared_proxy("https://model.internal/v1") is None
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.secrets() == {"ada:hunter2", "hunter2"}


def test_a_shared_proxy_of_the_environment_goes_before_that_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("HTTPS_PROXY=http://127.0.0.1:2\n")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3")

    assert str(read_settings().telegram_proxy("https://api.telegram.org/bot")) == "http://127.0.0.1:3"


def test_a_socks_proxy_for_the_embedding_server_is_told_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://ada:hunter2@127.0.0.1:1")
    monkeypatch.setenv("BOT_EMBEDDINGS_URL", "https://model.example.org/v1/embeddings")
    settings = read_settings()
    with pytest.raises(SettingsError, match="through the SOCKS proxy of ALL_PROXY; name its host in NO_PROXY") as told:
        compose.builder(settings)
    assert "hunter2" not in str(told.value)
    monkeypatch.setenv("NO_PROXY", "example.org")
    assert compose.builder(read_settings())


@pytest.mark.parametrize("where", ["environment", "file"])
def test_secrets_are_read_from_files_as_docker_hands_them_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    secret = tmp_path / "token"
    secret.write_text("\ufeff123456789:AAExample\r\n", encoding="utf-8")
    if where == "environment":
        monkeypatch.setenv("BOT_TOKEN_FILE", str(secret))
    else:
        Path(".env").write_text(f"BOT_TOKEN_FILE={secret}\n")
    token = read_settings().token

    assert token is not None
    assert token.get_secret_value() == "123456789:AAExample"


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"BOT_TOKEN_FILE": "hunter2"}, "BOT_TOKEN_FILE leads to no file that can be read"),
        ({"BOT_TOKEN_FILE": "."}, "BOT_TOKEN_FILE leads to no file"),
        ({"BOT_TOKEN_FILE": "x", "BOT_TOKEN": "123456789:AA"}, "BOT_TOKEN and BOT_TOKEN_FILE are both set"),
        ({"BOT_PORT_FILE": "x"}, "unknown setting BOT_PORT_FILE"),
    ],
)
def test_a_file_that_holds_no_secret_is_told(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=says) as told:
        read_settings()
    assert "hunter2" not in str(told.value)
