"""The half of `run` that serves Telegram; apart, so that nothing else waits for that library."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bot import compose
from bot.errors import SettingsError
from bot.settings import Settings
from bot.storage.names import Names
from bot.telegram import app
from bot.telegram.context import Services


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
        retention_days=settings.retention_days,
        anonymous=settings.anonymous_admins,
        watched=settings.knowledge_dir if settings.watch else None,
    )
    app.run(settings.token, services, settings.api_url)
    return 0
