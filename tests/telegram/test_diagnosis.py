"""/diag, and what the log says at the start."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path

import pytest
from telegram import User

from bot import __version__
from bot.answers.assistant import Assistant
from bot.storage.inbox import InboxDepth
from bot.telegram.monitoring.diagnosis import Diagnosis, told
from bot.text import Texts
from tests.botapi import ADA, BOB, ME, BotApi
from tests.builders import ROOT
from tests.telegram.serving import Serving

EMPTY = InboxDepth(0, None, 0, ())


async def test_admins_are_told_how_the_bot_is_doing(
    api: BotApi, serving: Serving, own: Assistant, own_folder: Path, texts: Texts
) -> None:
    async with serving(api, own):
        await api.answer(ADA, "/start")
        first = await api.answer(ADA, "/diag")
        (own_folder / "lexicon.yaml").write_text("terms: 1\n", encoding="utf-8")
        await api.answer(ADA, "/reload")
        api.world.abilities.update(can_read_all_group_messages=True, supports_inline_queries=True)
        second = await api.answer(ADA, "/diag")

    assert first.text.splitlines() == [
        texts("zh", "diag.version", version=__version__, username=ME.username),
        texts("zh", "diag.knowledge", version=own.knowledge.version, entries=len(own.knowledge.by_key)),
        texts("zh", "diag.uptime", days=0, hours=0, minutes=0),
        texts("zh", "diag.privacy_on"),
        texts("zh", "diag.inline_off"),
        texts("zh", "diag.no_proxy"),
        texts("zh", "diag.failures", count=0),
        texts("zh", "diag.waiting", count=0),
        texts("zh", "diag.no_problems"),
    ]
    assert second.text.splitlines()[3:] == [
        texts("zh", "diag.privacy_off"),
        texts("zh", "diag.inline_on"),
        texts("zh", "diag.no_proxy"),
        texts("zh", "diag.failures", count=0),
        texts("zh", "diag.waiting", count=0),
        texts("zh", "diag.problems", count=1),
    ]


def test_what_was_given_up_is_told_with_its_error(assistant: Assistant, texts: Texts) -> None:
    inbox = InboxDepth(4, 1.0, 2, ((7, "ValueError at somewhere"), (5, "KeyError at elsewhere")))
    found = Diagnosis(User(ME.id, ME.first_name, is_bot=True), assistant.knowledge, 1, 0, inbox, 0)

    lines = list(told(found, texts, "en"))

    assert lines[7:11] == [
        texts("en", "diag.waiting", count=4),
        texts("en", "diag.aside", count=2),
        "7: ValueError at somewhere",
        "5: KeyError at elsewhere",
    ]


def test_a_database_that_keeps_nothing_is_told_with_the_remedy(assistant: Assistant, texts: Texts) -> None:
    found = Diagnosis(User(ME.id, ME.first_name, is_bot=True), assistant.knowledge, 1, 0, None, 0, "it is full")

    assert texts("en", "diag.unkept", reason="it is full") in told(found, texts, "en")


@pytest.mark.usefixtures("bot")
async def test_others_are_refused_kindly(api: BotApi, texts: Texts) -> None:
    assert (await api.answer(BOB, "/diag")).text == texts("en", "admin.refused")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(59, (0, 0, 0)), (3600, (0, 1, 0)), (2 * 86400 + 3 * 3600 + 61, (2, 3, 1))]
)
def test_uptime(assistant: Assistant, texts: Texts, seconds: int, shown: tuple[int, int, int]) -> None:
    days, hours, minutes = shown
    found = Diagnosis(User(ME.id, ME.first_name, is_bot=True), assistant.knowledge, seconds, 0, EMPTY, 0)

    assert list(told(found, texts, "en"))[2] == texts("en", "diag.uptime", days=days, hours=hours, minutes=minutes)


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == __version__


@pytest.mark.parametrize("reads_all", [False, True])
async def test_the_log_tells_at_the_start_what_privacy_mode_keeps_back(
    api: BotApi, assistant: Assistant, serving: Serving, caplog: pytest.LogCaptureFixture, *, reads_all: bool
) -> None:
    caplog.set_level(logging.INFO)
    api.world.abilities["can_read_all_group_messages"] = reads_all
    async with serving(api, assistant) as application:
        await api.wait_for(lambda: application.running and "answers from" in caplog.text, "the bot to start")

    assert ("Privacy mode is on" in caplog.text) is not reads_all
