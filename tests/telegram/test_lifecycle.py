"""Starting and ending: signals, a wrong token, a second poller, and no token in the log."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.answers.assistant import Assistant
from bot.errors import SettingsError
from bot.telegram.app import build
from bot.telegram.lifecycle import serve
from tests.botapi import ADA, BotApi
from tests.builders import ROOT
from tests.telegram.knowledge import NUCLEAR, SOLAR
from tests.telegram.serving import MakeServices, Serving

pytestmark = pytest.mark.slow


@asynccontextmanager
async def process(
    api: BotApi, folder: Path, data_dir: Path, token: str, level: str = "DEBUG"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m bot run` as an operator does; it is killed at the end, if need be."""
    settings = {
        "BOT_TOKEN": token,
        "BOT_API_URL": api.url,
        "BOT_KNOWLEDGE_DIR": str(folder),
        "BOT_DATA_DIR": str(data_dir),
        "BOT_LOG_LEVEL": level,
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BOT_")} | settings
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_cleanly_and_the_log_holds_no_token(
    api: BotApi, folder: Path, data_dir: Path, ending: signal.Signals
) -> None:
    async with process(api, folder, data_dir, api.token) as running:
        await api.private_message(ADA, NUCLEAR)
        await api.sent(1, limit=60)
        running.send_signal(ending)
        _, log = await asyncio.wait_for(running.communicate(), 30)

    assert running.returncode == 0, log.decode()
    assert api.token not in log.decode()
    assert api.token.partition(":")[2] not in log.decode()
    assert b"Traceback" not in log
    assert api.world.confirmed > api.world.updates[-1]["update_id"]


async def test_a_second_signal_ends_the_bot_at_once_and_nothing_is_lost(
    api: BotApi, folder: Path, data_dir: Path
) -> None:
    api.flood("sendMessage", 60)
    async with process(api, folder, data_dir, api.token, level="INFO") as running:
        await api.private_message(ADA, NUCLEAR)
        await api.wait_for(lambda: api.called("sendMessage"), "the first attempt", limit=60)
        running.send_signal(signal.SIGTERM)
        assert running.stderr is not None
        log = await asyncio.wait_for(running.stderr.readuntil(b"the rest stays in the inbox"), 30)
        running.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.wait(), 5)

    assert running.returncode == -signal.SIGTERM
    assert b"Traceback" not in log
    async with process(api, folder, data_dir, api.token, level="INFO"):
        await api.sent(1, limit=60)


async def test_a_wrong_token_ends_the_start_with_one_line(api: BotApi, folder: Path, data_dir: Path) -> None:
    token = "123456789:AAWrongWrongWrongWrongWrongWrongWrong12"
    async with process(api, folder, data_dir, token, level="INFO") as running:
        _, log = await asyncio.wait_for(running.communicate(), 60)

    assert running.returncode not in {0, -9}
    lines = log.decode().strip().splitlines()
    assert len([line for line in lines if "BOT_TOKEN: 127.0.0.1 refuses this token" in line]) == 1
    assert token.partition(":")[2] not in log.decode()
    assert b"Traceback" not in log


@pytest.mark.parametrize("token", ["99999:AAOther", "not-a-token"])
async def test_a_refused_token_is_not_told(
    api: BotApi, assistant: Assistant, make_services: MakeServices, token: str
) -> None:
    application = build(SecretStr(token), make_services(assistant), api.url)

    with pytest.raises(SettingsError, match="refuses this token") as refused:
        await serve(application, asyncio.Event())

    told = "".join(traceback.format_exception(refused.value))
    assert token not in told


async def test_a_token_that_is_revoked_ends_the_bot(
    api: BotApi, assistant: Assistant, make_services: MakeServices
) -> None:
    application = build(SecretStr(api.token), make_services(assistant), api.url)
    task = asyncio.create_task(serve(application, asyncio.Event()))
    await api.answer(ADA, NUCLEAR)

    api.token = "123456789:AANewNewNewNewNewNewNewNewNewNewNewNewN1"
    await api.private_message(ADA, SOLAR)

    with pytest.raises(SettingsError, match="refuses this token"):
        await asyncio.wait_for(task, 10)


async def test_a_second_poller_is_told_once_and_waits_its_turn(
    api: BotApi, assistant: Assistant, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with serving(api, assistant):
        await api.answer(ADA, NUCLEAR)
        async with serving(api, assistant):
            await api.wait_for(lambda: "another process polls with the same token" in caplog.text, "the warning")
    warnings = [record for record in caplog.records if "another process polls" in record.getMessage()]
    assert 1 <= len(warnings) <= 2
    assert all(record.exc_info is None for record in warnings)


async def test_the_bot_waits_for_a_telegram_that_is_down_at_the_start(
    api: BotApi, assistant: Assistant, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    api.fail("getMe", 502, "Bad Gateway", times=2)
    async with serving(api, assistant):
        await api.private_message(ADA, NUCLEAR)
        await api.sent(1, limit=15)

    assert caplog.text.count("Telegram can't be reached (Bad Gateway)") == 1


async def test_the_bot_can_be_stopped_while_telegram_is_down(
    api: BotApi, assistant: Assistant, serving: Serving
) -> None:
    api.fail("getMe", 502, "Bad Gateway", times=1000)
    async with serving(api, assistant):
        await api.wait_for(lambda: api.called("getMe"), "the first attempt")


async def test_what_was_fetched_is_answered_before_the_end(api: BotApi, assistant: Assistant, serving: Serving) -> None:
    async with serving(api, assistant):
        for _ in range(5):
            await api.private_message(ADA, NUCLEAR)
        await api.handled()

    await api.sent(5)


async def test_updates_that_wait_from_before_are_answered(api: BotApi, assistant: Assistant, serving: Serving) -> None:
    asked = await api.private_message(ADA, NUCLEAR)
    await api.edit(asked, SOLAR)
    await api.push("channel_post", asked)
    await api.push("some_new_kind", {"x": 1})

    async with serving(api, assistant):
        await api.private_message(ADA, SOLAR)
        await api.sent(2)
