"""The half of `run` that serves Telegram; apart, so that nothing else waits for that library."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from pydantic import SecretStr

from bot import compose
from bot.errors import SettingsError
from bot.settings import Settings
from bot.storage.names import Names, derived
from bot.telegram import app, life
from bot.telegram.context import Services
from bot.telegram.server import Listening


def add_arguments(parser: ArgumentParser) -> None:
    """Define nothing: the settings say it all."""


def run(_: Namespace, settings: Settings) -> int:
    """Serve until stopped."""
    if settings.token is None:
        raise SettingsError("BOT_TOKEN is not set; @BotFather gives one")
    services = Services(
        compose.assistant(settings),
        compose.texts(settings),
        settings.admin_ids,
        compose.database(settings),
        Names(settings.token),
        settings.concurrency,
        _listening(settings, settings.token),
        retention_days=settings.retention_days,
        anonymous=settings.anonymous_admins,
        watched=settings.knowledge_dir if settings.watch else None,
    )
    life.run(app.build(settings.token, services, settings.api_url))
    return 0


def _listening(settings: Settings, token: SecretStr) -> Listening | None:
    if settings.port is None:
        if settings.webhook_url is not None:
            raise SettingsError("BOT_WEBHOOK_URL is set, but no port to listen at; set BOT_PORT too")
        return None
    if settings.webhook_url is not None and not settings.webhook_url.startswith("https:") and settings.api_url is None:
        raise SettingsError("BOT_WEBHOOK_URL must begin with https://; Telegram delivers to nothing else")
    secret = settings.webhook_secret or SecretStr(derived(token, "webhook"))
    return Listening(settings.host, settings.port, settings.webhook_url, secret)
