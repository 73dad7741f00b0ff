"""/stats: the sums in words and as a picture."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.answers.assistant import Assistant
from bot.storage.statistics_data import ChatFigures, Statistics, from_json, to_json
from bot.telegram.client import Destination, send_picture
from bot.telegram.context import App
from bot.telegram.monitoring.stats import DEFAULT_DAYS, MAX_DAYS, requested_days, summary
from bot.telegram.monitoring.stats_chart import DOTS_PER_INCH, HEIGHT_INCHES, WIDTH_INCHES, draw
from bot.telegram.monitoring.stats_picture import draw_in_subprocess
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi
from tests.botapi.checks import png
from tests.botapi.people import private
from tests.crash_harness import settings_of
from tests.replica import running
from tests.telegram.knowledge import NUCLEAR, SOLAR

TODAY = 20_414
SIZE = (WIDTH_INCHES * DOTS_PER_INCH, int(HEIGHT_INCHES * DOTS_PER_INCH))


def sample(**more: object) -> Statistics:
    values: dict[str, object] = {
        "first": TODAY - 6,
        "days": 7,
        "statuses": {"answered": 30, "unknown": 4},
        "daily": {(TODAY - 2, "answered"): 30, (TODAY, "unknown"): 4},
        "people": 5,
        "votes": {"up": 3, "wrong": 1},
        "top": [("energy-talk/solar", 20), ("gone/entry", 10)],
        "chats": [ChatFigures("supergroup", 2, 33, 30), ChatFigures("private", 1, 1, 1)],
        "p50": 2.25,
        "p95": 1200.0,
    }
    return Statistics(**{**values, **more})  # type: ignore[arg-type]  # made of what the test says


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_admins_get_a_picture_with_the_sums_below(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    await api.tapped(ADA, answer, "👍")
    await api.answer(BOB, SOLAR)
    await api.answer(BOB, "/help")  # handled once the question before is stored

    reply = await api.answer(ADA, "/stats 3")

    assert reply.text.startswith(texts("zh", "stats.title", days=3, zone="UTC"))
    assert texts("zh", "stats.asked", asked=2, people=2) in reply.text
    assert texts("zh", "stats.statuses", answered=2, suggested=0, unknown=0, smalltalk=0) in reply.text
    assert texts("zh", "stats.votes", up=1, down=0, wrong=0) in reply.text
    assert f"1. {NUCLEAR} · 1" in reply.text
    assert texts("zh", "stats.private", chats=2, asked=2, busiest=1) in reply.text
    assert reply.file is not None
    assert png(reply.file[1]) == SIZE


@pytest.mark.slow
@pytest.mark.parametrize(
    "reason",
    ["not enough rights to send photos to the chat", "CHAT_SEND_PHOTOS_FORBIDDEN", "CHAT_SEND_MEDIA_FORBIDDEN"],
)
async def test_where_pictures_are_forbidden_the_sums_are_sent_alone(
    bot: App, api: BotApi, texts: Texts, reason: str
) -> None:
    await api.answer(BOB, SOLAR)
    await api.answer(BOB, "/help")  # handled once the question before is stored
    api.fail("sendPhoto", 400, f"Bad Request: {reason}")

    reply = await api.answer(ADA, "/stats 3")

    assert reply.text.startswith(texts("zh", "stats.title", days=3, zone="UTC"))
    assert reply.file is None
    assert len(api.called("sendPhoto")) == 1
    assert bot.services.health.failures == 0


@pytest.mark.usefixtures("bot")
async def test_where_nothing_was_asked_there_is_no_picture(api: BotApi, texts: Texts) -> None:
    reply = await api.answer(ADA, "/stats")

    assert (
        reply.text == f"{texts('zh', 'stats.title', days=DEFAULT_DAYS, zone='UTC')}\n\n{texts('zh', 'stats.nothing')}"
    )
    assert reply.file is None


@pytest.mark.parametrize(
    ("zone", "shown", "complaints"), [("Asia/Kathmandu", "Asia/Kathmandu", 0), ("Mars/Olympus", "UTC", 1)]
)
async def test_the_days_are_those_of_the_zone_that_the_bot_is_started_in(
    api: BotApi, home: Path, tmp_path: Path, texts: Texts, zone: str, shown: str, complaints: int
) -> None:
    settings = settings_of(api, home, TZ=zone, BOT_ADMIN_IDS=str(ADA.id))
    async with running(settings, tmp_path / "log") as bot:
        await api.private_message(ADA, "/stats")
        (answer,) = await api.sent(1, limit=60)
        log = bot.log

    assert answer.text.startswith(texts("zh", "stats.title", days=DEFAULT_DAYS, zone=shown))
    assert log.count("TZ ('Mars/Olympus') is no time zone; set it to a name like Asia/Taipei") == complaints


@pytest.mark.usefixtures("bot")
async def test_others_are_refused_kindly(api: BotApi, texts: Texts) -> None:
    assert (await api.answer(BOB, "/stats")).text == texts("en", "admin.refused")


async def test_words_too_long_to_stand_below_a_picture_stand_behind_it(bot: App, api: BotApi) -> None:
    place = Destination(api.world.add_chat(private(ADA)).id, None, None, group=False)

    await send_picture(bot.bot, place, "a.png", draw(sample()), ["🙂" * 500, "b" * 100])

    picture, text = await api.sent(2)
    assert (picture.text, text.text) == ("", f"{'🙂' * 500}\n\n{'b' * 100}")
    assert GROUP.id != picture.chat


def test_the_words_name_entries_by_their_question_and_gone_ones_by_their_key(
    assistant: Assistant, texts: Texts
) -> None:
    reply = "\n".join(summary(sample(), assistant.knowledge, texts, "zh"))

    assert f"1. {SOLAR} · 20\n2. gone/entry · 10" in reply
    assert texts("zh", "stats.speed", p50="2.2", p95="1200.0") in reply
    assert texts("zh", "stats.supergroup", chats=2, asked=33, busiest=30) in reply


async def test_the_process_that_draws_is_not_the_bots_which_never_loads_what_drawing_needs(
    api: BotApi, home: Path, tmp_path: Path
) -> None:
    settings = settings_of(api, home, BOT_ADMIN_IDS=str(ADA.id))
    async with running(settings, tmp_path / "log") as bot:
        await api.private_message(ADA, NUCLEAR)
        await api.sent(1, limit=60)
        reply = await api.answer(ADA, "/stats")
        loaded = bot.mapped()

    assert reply.file is not None
    assert "numpy" in loaded
    assert "matplotlib" not in loaded


async def test_where_no_picture_can_be_drawn_the_words_are_sent_alone_and_the_log_says_why(
    api: BotApi, home: Path, tmp_path: Path, texts: Texts
) -> None:
    broken = tmp_path / "broken" / "matplotlib"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('no fonts here')", encoding="utf-8")
    settings = settings_of(api, home, BOT_ADMIN_IDS=str(ADA.id), PYTHONPATH=str(broken.parent))
    async with running(settings, tmp_path / "log") as bot:
        await api.private_message(ADA, NUCLEAR)
        await api.sent(1, limit=60)
        reply = await api.answer(ADA, "/stats")
        log = bot.log

    assert reply.file is None
    assert texts("zh", "stats.asked", asked=1, people=1) in reply.text
    assert log.count("The picture of /stats can't be drawn: ImportError: no fonts here; the words are sent alone") == 1


@pytest.mark.parametrize(
    ("command", "limit", "reason"),
    [
        ((sys.executable, "-c", "import sys; sys.exit('no fonts')"), 30.0, "no fonts"),
        ((sys.executable, "-c", "import os; os._exit(3)"), 30.0, "exit code 3"),
        ((sys.executable, "-c", "print('no picture')"), 30.0, "exit code 0"),
        ((sys.executable, "-c", "import time; time.sleep(600)"), 0.5, "it took longer than"),
        (("/nowhere/python",), 30.0, "No such file or directory"),
    ],
    ids=["message", "silent", "no-picture", "endless", "no-python"],
)
async def test_whatever_goes_wrong_with_the_process_that_draws_is_logged_in_one_line(
    caplog: pytest.LogCaptureFixture, command: tuple[str, ...], limit: float, reason: str
) -> None:
    assert await draw_in_subprocess(sample(), command, limit) is None
    (record,) = caplog.records
    assert f"can't be drawn: {reason}" in record.getMessage()


async def test_the_process_that_draws_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOT_TOKEN", "DATABASE_URL", "HTTPS_PROXY", "BOT_PROXY"):
        monkeypatch.setenv(name, "s3cret")
    tells = (
        "import os, sys; sys.stdout.buffer.write(bytes.fromhex('89504e470d0a1a0a')); "
        "sys.exit('s3cret' in repr(os.environ))"
    )

    assert await draw_in_subprocess(sample(), (sys.executable, "-c", tells)) is not None


@pytest.mark.slow
async def test_the_picture_is_drawn_wherever_the_bot_was_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    picture = await draw_in_subprocess(sample())

    assert picture is not None
    assert png(picture) == SIZE


def test_statistics_are_the_same_after_they_were_handed_over() -> None:
    assert from_json(to_json(sample())) == sample()


@pytest.mark.slow
@pytest.mark.parametrize(
    "found",
    [
        sample(),
        sample(first=TODAY, days=1, daily={}, statuses={}, votes={}, top=[], chats=[], p50=None, p95=None, people=0),
        sample(first=TODAY - 365, days=366, top=[(f"talk/{'long' * 20}{place}", 9 - place) for place in range(8)]),
    ],
    ids=["some", "nothing", "much"],
)
def test_a_picture_is_drawn_of_whatever_there_is(found: Statistics) -> None:
    assert png(draw(found)) == SIZE


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ([], DEFAULT_DAYS),
        (["7"], 7),
        (["0"], 1),
        (["9999"], MAX_DAYS),
        (["-3"], DEFAULT_DAYS),
        (["week"], DEFAULT_DAYS),
    ],
)
def test_days_are_read_as_far_as_they_make_sense(typed: list[str], days: int) -> None:
    assert requested_days(typed) == days
