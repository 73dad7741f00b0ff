"""The operator's time zone, at whose midnights the days of the statistics begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import SettingsError

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SYSTEM_ZONE_FILE = Path("/etc/localtime")
_ZONE_FOLDER = "zoneinfo/"
_POSIX_ZONE = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)(\d{1,2})(?::([0-5]\d))?")
"""A zone in POSIX notation without daylight saving time: CST-8 is eight hours ahead of UTC."""
_MAX_OFFSET_HOURS = 23


@dataclass(frozen=True, slots=True)
class Zone:
    """Converts moments to days and back, daylight saving time included."""

    name: str
    """Name as it is shown to people: Asia/Taipei."""
    rules: tzinfo | None
    """Offsets from UTC over time; None for the system's own zone, where its name isn't known."""

    def day_of(self, at: float) -> int:
        """Return the day of a moment, in days since 1970; `at` is in seconds since 1970, UTC."""
        return datetime.fromtimestamp(at, self.rules).toordinal() - _EPOCH_ORDINAL

    def start_of(self, day: int) -> float:
        """Return when a day begins, in seconds since 1970, UTC; where clocks skip midnight, the moment of the skip."""
        midnight = datetime.fromordinal(day + _EPOCH_ORDINAL)
        return midnight.replace(tzinfo=self.rules).timestamp()


UTC_ZONE = Zone("UTC", UTC)
"""The time zone where no other is known."""


def zone_of(setting: str | None, system: Path = _SYSTEM_ZONE_FILE) -> Zone:
    """Return the zone that a setting names, or without one the system's; raises SettingsError for an unknown name."""
    if setting is None:
        return _system_zone(system)
    name = setting.strip().removeprefix(":").rpartition(_ZONE_FOLDER)[2]
    zone = _zone_by_name(name) or _posix_zone(name) or (_system_zone(Path(name)) if Path(name) == system else None)
    if zone is None:
        raise SettingsError(f"TZ ({setting!r}) is no time zone; set it to a name like Asia/Taipei")
    return zone


def _system_zone(path: Path) -> Zone:
    name = path.resolve().as_posix().rpartition(_ZONE_FOLDER)
    return (_zone_by_name(name[2]) if name[1] else None) or Zone(datetime.now().astimezone().tzname() or "UTC", None)


def _zone_by_name(name: str) -> Zone | None:
    try:
        return Zone(name.removeprefix("Etc/"), ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _posix_zone(name: str) -> Zone | None:
    found = _POSIX_ZONE.fullmatch(name)
    if found is None or int(found[2]) > _MAX_OFFSET_HOURS:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    rules = timezone(offset if found[1] == "-" else -offset)
    return Zone(str(rules), rules)
