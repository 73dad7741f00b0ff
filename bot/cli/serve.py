"""The half of `run` that serves Telegram; apart, so that nothing else waits for that library."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from pydantic import SecretStr

from bot import compose
from bot.cli.gc_tuning import loading_without_gc
from bot.configuration import Settings
from bot.errors import SettingsError
from bot.memory import return_large_blocks, trim_memory
from bot.storage.knowledge_sync import KnowledgeSync
from bot.storage.pseudonyms import WEBHOOK_PURPOSE, Pseudonyms, derive_secret
from bot.telegram import app, lifecycle
from bot.telegram.services import Options, make_services
from bot.telegram.updates import HttpServerConfig


def add_arguments(parser: ArgumentParser) -> None:
    """Define nothing: the settings say it all."""


def run(_: Namespace, settings: Settings) -> int:
    """Serve until stopped."""
    if settings.token is None:
        raise SettingsError("BOT_TOKEN is not set; @BotFather gives one")
    proxy = settings.telegram_proxy(settings.api_url or app.TELEGRAM_API_URL)
    database = compose.database(settings)
    return_large_blocks()
    with loading_without_gc():
        assistant = compose.assistant(settings)
    trim_memory()
    options = Options(
        admins=settings.admin_ids,
        concurrency=settings.concurrency,
        retention_days=settings.retention_days,
        http_server=_http_server_config(settings, settings.token),
        anonymous_admin_groups=settings.anonymous_admins,
        proxy=proxy,
        zone=compose.zone(settings),
        watched_folder=settings.knowledge_dir if settings.watch else None,
    )
    services = make_services(
        assistant,
        compose.texts(settings),
        options,
        database,
        Pseudonyms(settings.token),
        KnowledgeSync(database, assistant),
    )
    lifecycle.run(app.build(settings.token, services, settings.api_url))
    return 0


def _http_server_config(settings: Settings, token: SecretStr) -> HttpServerConfig | None:
    if settings.port is None:
        if settings.webhook_url is not None:
            raise SettingsError("BOT_WEBHOOK_URL is set, but no port to listen at; set BOT_PORT too")
        return None
    if settings.webhook_url is not None and not settings.webhook_url.startswith("https:") and settings.api_url is None:
        raise SettingsError("BOT_WEBHOOK_URL must begin with https://; Telegram delivers to nothing else")
    secret = settings.webhook_secret or SecretStr(derive_secret(token, WEBHOOK_PURPOSE))
    return HttpServerConfig(settings.host, settings.port, settings.webhook_url, secret)
