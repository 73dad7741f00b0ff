"""Days as the operator's clocks count them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.storage.database import Database
from bot.storage.history import DAY_SECONDS, Exchange
from bot.storage.statistics import QUARTER_HOUR_SECONDS, statistics
from bot.storage.time_zone import UTC_ZONE, zone_of
from tests.builders import store_exchange

NUMBERS = count(1)
ZONES = (
    "UTC",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Pacific/Apia",
)


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def ask(database: Database, when: str) -> None:
    question = Exchange(
        next(NUMBERS), moment(when), 1, "private", 1, "typed", "核能呢", "zh", "answered", ("talk/one",), 0.9, 2.0
    )
    await store_exchange(database, question)


@pytest.mark.parametrize(
    ("zone", "times", "now", "counts"),
    [
        (
            "Asia/Shanghai",
            ["2026-01-09T15:59:59Z", "2026-01-09T16:00:00Z", "2026-01-10T15:59:59Z", "2026-01-10T16:00:00Z"],
            "2026-01-10T16:30:00Z",
            [2, 1],
        ),
        (
            "Asia/Kathmandu",
            ["2026-01-09T18:14:59Z", "2026-01-09T18:15:00Z", "2026-01-10T18:14:59.9Z"],
            "2026-01-10T18:14:59Z",
            [1, 2],
        ),
        # The last Sunday of March has 23 hours there, the last of October 25.
        (
            "Europe/Berlin",
            ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"],
            "2026-03-29T22:30:00Z",
            [2, 1],
        ),
        (
            "Europe/Berlin",
            ["2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"],
            "2026-10-25T23:30:00Z",
            [2, 1],
        ),
    ],
    ids=["whole-hours", "three-quarters", "summer-begins", "summer-ends"],
)
async def test_days_begin_at_the_midnights_of_the_zone(
    database: Database, zone: str, times: list[str], now: str, counts: list[int]
) -> None:
    for when in times:
        await ask(database, when)

    found = await statistics(database, 2, moment(now), zone_of(zone))

    assert found.zone == zone
    assert [found.daily.get((found.first + day, "answered"), 0) for day in range(2)] == counts
    assert found.asked == sum(counts)


@given(st.sampled_from(ZONES), st.integers(0, int(moment("2037-01-01T00:00:00Z"))))
def test_each_moment_lies_in_the_day_whose_midnights_are_around_it(name: str, at: int) -> None:
    zone = zone_of(name)
    day = zone.day_of(at)

    assert zone.start_of(day) <= at < zone.start_of(day + 1)


@given(st.sampled_from(ZONES), st.integers(int(moment("2000-01-01T00:00:00Z")) // QUARTER_HOUR_SECONDS, 2_355_000))
def test_a_quarter_of_an_hour_lies_in_one_day(name: str, quarter: int) -> None:
    zone = zone_of(name)

    assert zone.day_of(quarter * QUARTER_HOUR_SECONDS) == zone.day_of(
        quarter * QUARTER_HOUR_SECONDS + QUARTER_HOUR_SECONDS - 1
    )


@pytest.mark.parametrize(
    ("wanted", "name", "hours"),
    [
        ("Asia/Taipei", "Asia/Taipei", 8),
        (":Asia/Tokyo", "Asia/Tokyo", 9),
        ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo", 9),
        ("Etc/UTC", "UTC", 0),
        ("CST-8", "UTC+08:00", 8),
        ("<+08>-8", "UTC+08:00", 8),
        ("EST5", "UTC-05:00", -5),
        (" Asia/Hong_Kong ", "Asia/Hong_Kong", 8),
    ],
)
def test_a_zone_is_named_in_any_usual_way(wanted: str, name: str, hours: int) -> None:
    zone = zone_of(wanted)

    assert zone.name == name
    assert zone.start_of(20_000) == 20_000 * DAY_SECONDS - hours * 3600


@pytest.mark.parametrize("wanted", ["Mars/Olympus", "Asia", "../../etc/passwd", "Asia/Taipei\0", "UTC-99", "北京"])
def test_a_name_of_no_zone_is_refused_in_one_line(wanted: str) -> None:
    with pytest.raises(SettingsError) as refused:
        zone_of(wanted)

    assert str(refused.value) == f"TZ ({wanted!r}) is no time zone; set it to a name like Asia/Taipei"


def test_without_a_wish_the_systems_zone_counts(tmp_path: Path) -> None:
    folder = tmp_path / "zoneinfo" / "Asia"
    folder.mkdir(parents=True)
    (folder / "Taipei").touch()
    (tmp_path / "localtime").symlink_to(folder / "Taipei")

    assert zone_of(None, tmp_path / "localtime").name == "Asia/Taipei"


@pytest.fixture
def _in_lima(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(os.environ, "TZ", "America/Lima")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_lima")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows sets no zone for a process")
def test_a_systems_zone_without_a_name_is_reckoned_by_its_clock(tmp_path: Path) -> None:
    zone = zone_of(None, tmp_path / "localtime")

    assert (zone.name, zone.start_of(20_000)) == ("-05", 20_000 * DAY_SECONDS + 5 * 3600)
    assert zone.day_of(20_000 * DAY_SECONDS + 5 * 3600 - 1) == 19_999


def test_the_first_day_of_all_begins_at_zero() -> None:
    assert UTC_ZONE.start_of(0) == 0
    assert UTC_ZONE.day_of(datetime(1970, 1, 2, tzinfo=UTC).timestamp()) == 1
