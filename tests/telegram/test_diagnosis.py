"""/diag, and what the log says at the start."""

from __future__ import annotations

import logging
import re
import tomllib
from pathlib import Path

import pytest
from telegram import User

from bot import __version__
from bot.answers.assistant import Assistant
from bot.errors import StorageError
from bot.knowledge.model import Language
from bot.storage import driver_errors
from bot.storage.database import Database, DatabaseKind
from bot.storage.driver_errors import Failure
from bot.storage.inbox import InboxDepth
from bot.telegram.monitoring.diagnosis import Diagnosis, report
from bot.text import LANGUAGES, Texts
from tests.botapi import ADA, BOB, ME, BotApi
from tests.builders import ROOT
from tests.telegram.serving import Serving

FAILURES = [value for value in vars(driver_errors).values() if isinstance(value, Failure)]
"""Every way in which a database is known to fail."""
ENGLISH = {"the", "that", "it", "is", "be", "and", "or", "of", "with", "in", "check", "set", "add", "make"}


def lines_of(
    assistant: Assistant,
    texts: Texts,
    language: Language = "en",
    *,
    uptime: float = 1,
    database: tuple[DatabaseKind, str] = ("sqlite", "bot.db"),
    inbox: InboxDepth | None = None,
    outage: StorageError | None = None,
) -> list[str]:
    me = User(ME.id, ME.first_name, is_bot=True)
    diagnosis = Diagnosis(me, assistant.knowledge, uptime, 0, 0, database, inbox=inbox, outage=outage)
    return list(report(diagnosis, texts, language))


async def test_admins_get_a_report_on_the_bot(
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
        texts("zh", "diag.sqlite", location="bot.db"),
        texts("zh", "diag.failures", count=0),
        texts("zh", "diag.waiting", count=0),
        texts("zh", "diag.no_problems"),
    ]
    assert second.text.splitlines()[3:] == [
        texts("zh", "diag.privacy_off"),
        texts("zh", "diag.inline_on"),
        texts("zh", "diag.no_proxy"),
        texts("zh", "diag.sqlite", location="bot.db"),
        texts("zh", "diag.failures", count=0),
        texts("zh", "diag.waiting", count=0),
        texts("zh", "diag.problems", count=1),
    ]


def test_dead_letters_are_listed_with_their_errors(assistant: Assistant, texts: Texts) -> None:
    inbox = InboxDepth(4, 1.0, 2, ((7, "ValueError at somewhere"), (5, "KeyError at elsewhere")))

    assert lines_of(assistant, texts, inbox=inbox)[8:12] == [
        texts("en", "diag.waiting", count=4),
        texts("en", "diag.dead_letters", count=2),
        "7: ValueError at somewhere",
        "5: KeyError at elsewhere",
    ]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.kind)
def test_an_outage_is_reported_in_the_language_of_the_reader(
    assistant: Assistant, texts: Texts, failure: Failure
) -> None:
    outage = failure.error(Path("/data/bot.db"), "DATABASE_URL")
    lines: dict[Language, str] = {
        "zh": lines_of(assistant, texts, "zh", outage=outage)[7],
        "zh-Hant": lines_of(assistant, texts, "zh-Hant", outage=outage)[7],
    }

    assert texts("en", "diag.database_away", reason=str(outage)) in lines_of(assistant, texts, "en", outage=outage)
    for language, line in lines.items():
        assert line.startswith(texts(language, "diag.database_away", reason=""))
        assert not ENGLISH & set(re.findall(r"[a-z]+", line))
        for named in ("DATABASE_URL", "/data/bot.db"):
            assert (named in line) is (named in str(outage))
        assert "BOT_DATABASE_URL" not in line


def test_an_unknown_outage_is_reported_as_it_stands(assistant: Assistant, texts: Texts) -> None:
    line = texts("zh", "diag.database_away", reason="it is full")

    assert line in lines_of(assistant, texts, "zh", outage=StorageError("it is full"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("url", "kind", "location"),
    [
        ("sqlite:////var/lib/bot/questions.db", "SQLite", "questions.db"),
        ("postgres://bob:hunter2@db.example.org:5433/bot", "PostgreSQL", "db.example.org"),
        ("postgres://bob:hunter2@one,two/bot?target_session_attrs=primary", "PostgreSQL", "one, two"),
        ("postgres://bob:hunter2@/bot?host=/run/postgresql", "PostgreSQL", "/run/postgresql"),
        ("postgres://bob:hunter2@/bot", "PostgreSQL", "localhost"),
    ],
)
def test_the_kind_of_database_is_named_without_its_secrets(
    assistant: Assistant,
    texts: Texts,
    monkeypatch: pytest.MonkeyPatch,
    language: Language,
    url: str,
    kind: str,
    location: str,
) -> None:
    monkeypatch.delenv("PGHOST", raising=False)
    database = Database(url)

    lines = lines_of(assistant, texts, language, database=(database.kind, database.location))

    assert kind in lines[6]
    assert lines[6].endswith(location)
    assert "hunter2" not in "".join(lines)
    assert "bob" not in "".join(lines)


@pytest.mark.usefixtures("bot")
async def test_others_are_refused_kindly(api: BotApi, texts: Texts) -> None:
    assert (await api.answer(BOB, "/diag")).text == texts("en", "admin.refused")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(59, (0, 0, 0)), (3600, (0, 1, 0)), (2 * 86400 + 3 * 3600 + 61, (2, 3, 1))]
)
def test_uptime(assistant: Assistant, texts: Texts, seconds: int, shown: tuple[int, int, int]) -> None:
    days, hours, minutes = shown

    assert lines_of(assistant, texts, uptime=seconds)[2] == texts(
        "en", "diag.uptime", days=days, hours=hours, minutes=minutes
    )


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
