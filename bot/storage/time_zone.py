"""The operator's time zone, by whose midnights days are told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import SettingsError

_FIRST = date(1970, 1, 1).toordinal()
_SYSTEM = Path("/etc/localtime")
_FOLDER = "zoneinfo/"
_POSIX = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)(\d{1,2})(?::([0-5]\d))?")
"""A zone as POSIX writes it, without rules for summer: CST-8 is eight hours ahead of UTC."""
_MOST_HOURS = 23


@dataclass(frozen=True, slots=True)
class Zone:
    """Turns moments into days and back, daylight saving time included."""

    name: str
    """As it is told to people: Asia/Taipei."""
    rules: tzinfo | None
    """When its clocks show what; None for the system's own, where it has no name."""

    def day_of(self, at: float) -> int:
        """Return the day of a moment, in days since 1970; `at` is in seconds since 1970, UTC."""
        return datetime.fromtimestamp(at, self.rules).toordinal() - _FIRST

    def start_of(self, day: int) -> float:
        """Return when a day begins, in seconds since 1970, UTC; where midnight is skipped, when clocks skip it."""
        midnight = datetime.fromordinal(day + _FIRST)
        return midnight.replace(tzinfo=self.rules).timestamp()


COORDINATED = Zone("UTC", UTC)
"""The time zone where none is known."""


def zone_of(wanted: str | None, system: Path = _SYSTEM) -> Zone:
    """Return the zone that `TZ` names, or else the system's; raise SettingsError where it names none."""
    if wanted is None:
        return _of_system(system)
    name = wanted.strip().removeprefix(":").rpartition(_FOLDER)[2]
    zone = _named(name) or _posix(name) or (_of_system(Path(name)) if Path(name) == system else None)
    if zone is None:
        raise SettingsError(f"TZ ({wanted!r}) is no time zone; set it to a name like Asia/Taipei")
    return zone


def _of_system(path: Path) -> Zone:
    name = path.resolve().as_posix().rpartition(_FOLDER)
    return (_named(name[2]) if name[1] else None) or Zone(datetime.now().astimezone().tzname() or "UTC", None)


def _named(name: str) -> Zone | None:
    try:
        return Zone(name.removeprefix("Etc/"), ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _posix(name: str) -> Zone | None:
    found = _POSIX.fullmatch(name)
    if found is None or int(found[2]) > _MOST_HOURS:
        return None
    behind = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    rules = timezone(behind if found[1] == "-" else -behind)
    return Zone(str(rules), rules)
