"""The log says what happened, in one of two forms, and never a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from bot import log

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"
ODD = "42:short+secret/"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "POST https://api.telegram.org/bot[secret]/getMe"),
        (TOKEN.replace(":", "%3A"), "[secret]"),
        (f"token={ODD}!", "token=[secret]!"),
        ("token=42%3Ashort%2Bsecret%2F!", "token=[secret]!"),
        ("at 12:30 in line 239:241", "at 12:30 in line 239:241"),
        ("", ""),
    ],
)
def test_secrets_are_hidden_and_nothing_else(text: str, expected: str) -> None:
    assert log.without_secrets(text, {ODD}) == expected


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_gets_out_by_message_argument_or_traceback(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("DEBUG", "json" if form == "json" else "console", {ODD, ""})
    logger = logging.getLogger("bot.test")
    logger.debug("calling %s with %s", f"/bot{TOKEN}/x", {"key": ODD})
    try:
        raise ValueError(f"{TOKEN} and {ODD}")
    except ValueError:
        logger.exception("refused %s", TOKEN)
    written = capsys.readouterr().err
    assert TOKEN not in written
    assert ODD not in written
    assert written.count(log.HIDDEN) >= 5
    assert "ValueError" in written


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "json")
    logging.getLogger("bot.test").info("两\n行 %d", 2)
    logging.getLogger("bot.test").debug("not wanted")
    try:
        raise KeyError("lost")
    except KeyError:
        logging.getLogger("bot.test").exception("failed")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {"level": "INFO", "logger": "bot.test", "message": "两\n行 2"}
    assert second["traceback"].endswith("KeyError: 'lost'")


def test_console_names_time_level_and_logger(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "console")
    logging.getLogger("bot.test").warning("careful")
    assert capsys.readouterr().err.rstrip().endswith(" WARNING  bot.test: careful")


def test_libraries_that_log_every_request_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "console")
    logging.getLogger("httpx").info("HTTP Request: POST …")
    logging.getLogger("httpx").warning("slow")
    assert capsys.readouterr().err.splitlines()[-1].endswith("httpx: slow")
    assert logging.getLogger("httpx").level == logging.WARNING
