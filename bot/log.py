"""Logging: one line an event for people, or one JSON object a line for machines, with all secrets replaced."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote

HIDDEN = "[secret]"
_TOKEN = re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_CONSOLE = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"
_CONNECTION_POOL = "sqlalchemy.pool"
"""Logs a traceback for every lost connection that can't be closed in order, though the outage is reported already."""
_VERBOSE_LIBRARIES = ("httpx", "httpcore", "telegram", "alembic", "uvicorn")
"""Libraries of which only warnings are logged: their other lines don't concern the bot, or hold private data."""


def without_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """Replace every Telegram token and every one of `secrets` in `text`."""
    for secret in sorted(secrets, key=len, reverse=True):
        for written in (secret, quote(secret, safe="")):
            text = text.replace(written, HIDDEN)
    return _TOKEN.sub(HIDDEN, text)


class _Console(logging.Formatter):
    """One line an event, tracebacks below it; hides the secrets in both."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__(_CONSOLE, datefmt="%Y-%m-%d %H:%M:%S")
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record), self.secrets)


class _Json(logging.Formatter):
    """One object a line: time, level, logger, message and, where there is one, the traceback."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__()
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage(), self.secrets),
        }
        if record.exc_info:
            event["traceback"] = without_secrets(self.formatException(record.exc_info), self.secrets)
        return json.dumps(event, ensure_ascii=False)


def set_up(level: str, form: Literal["console", "json"], secrets: Collection[str] = ()) -> None:
    """Write the log to standard error; `secrets` are replaced wherever they occur in it."""
    handler = logging.StreamHandler()
    hidden = frozenset(filter(None, secrets))
    handler.setFormatter(_Json(hidden) if form == "json" else _Console(hidden))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _VERBOSE_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(_CONNECTION_POOL).setLevel(logging.NOTSET if level == "DEBUG" else logging.CRITICAL)
