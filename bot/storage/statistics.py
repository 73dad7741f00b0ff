"""How much was asked and how it went: sums over the history, which say nothing about any single person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from bot.storage import dialects
from bot.storage.database import Database
from bot.storage.schema import HISTORY, VOTES
from bot.storage.statistics_data import ChatFigures, Statistics
from bot.storage.time_zone import Zone

MAX_TOP_ENTRIES = 8
"""Number of the entries shown most that are listed."""
QUARTER_HOUR_SECONDS = 900
"""Clocks everywhere differ from UTC by whole quarters of an hour, so each quarter lies within one day of every zone."""


async def statistics(database: Database, days: int, now: float, zone: Zone) -> Statistics:
    """Sum up the last `days` days of a time zone; `now` is in seconds since 1970. Raises StorageError."""
    return await database.read(lambda connection: _statistics(connection, days, now, zone))


def _statistics(connection: Connection, days: int, now: float, zone: Zone) -> Statistics:
    first = zone.day_of(now) - days + 1
    recent = HISTORY.c.at >= zone.start_of(first)
    typed = recent & (HISTORY.c.via == "typed")
    daily = _daily(connection, typed, zone)
    statuses: Counter[str] = Counter()
    for (_, status), count in daily.items():
        statuses[status] += count
    people = select(func.count(HISTORY.c.asker.distinct())).where(typed)
    return Statistics(
        first=first,
        days=days,
        statuses=statuses,
        daily=daily,
        people=connection.execute(people).scalar_one(),
        votes=_votes(connection, recent),
        top=_top(connection, recent),
        chats=_chats(connection, typed),
        p50=_percentile(connection, typed, statuses.total(), 50),
        p95=_percentile(connection, typed, statuses.total(), 95),
        zone=zone.name,
    )


def _daily(connection: Connection, where: ColumnElement[bool], zone: Zone) -> Mapping[tuple[int, str], int]:
    """Count by day and status: the database sums up quarters of an hour, and their days are summed up here."""
    quarter = dialects.whole(connection, HISTORY.c.at / QUARTER_HOUR_SECONDS)
    counted = select(quarter, HISTORY.c.status, func.count()).where(where).group_by(quarter, HISTORY.c.status)
    daily: Counter[tuple[int, str]] = Counter()
    for number, status, count in connection.execute(counted):
        daily[zone.day_of(number * QUARTER_HOUR_SECONDS), status] += count
    return daily


def _votes(connection: Connection, where: ColumnElement[bool]) -> Mapping[str, int]:
    counted = select(VOTES.c.vote, func.count()).join(HISTORY, HISTORY.c.id == VOTES.c.exchange).where(where)
    return {str(vote): count for vote, count in connection.execute(counted.group_by(VOTES.c.vote))}


def _top(connection: Connection, where: ColumnElement[bool]) -> Sequence[tuple[str, int]]:
    count = func.count()
    shown = select(HISTORY.c.entry, count).where(where & (HISTORY.c.status == "answered")).group_by(HISTORY.c.entry)
    rows = connection.execute(shown.order_by(count.desc(), HISTORY.c.entry).limit(MAX_TOP_ENTRIES))
    return [(entry, times) for entry, times in rows]


def _chats(connection: Connection, where: ColumnElement[bool]) -> Sequence[ChatFigures]:
    by_chat = select(HISTORY.c.kind, func.count().label("asked")).where(where).group_by(HISTORY.c.kind, HISTORY.c.chat)
    each = by_chat.subquery()
    asked = func.sum(each.c.asked)
    kinds = select(each.c.kind, func.count(), asked, func.max(each.c.asked)).group_by(each.c.kind)
    rows = connection.execute(kinds.order_by(asked.desc(), each.c.kind))
    return [ChatFigures(kind, chats, int(total), busiest) for kind, chats, total, busiest in rows]


def _percentile(connection: Connection, where: ColumnElement[bool], count: int, percent: int) -> float | None:
    """Return the smallest time, in milliseconds, within which `percent` % of `count` answers were found."""
    offset = max(0, -(-count * percent // 100) - 1)
    found = select(HISTORY.c.took_ms).where(where).order_by(HISTORY.c.took_ms).offset(offset).limit(1)
    took: float | None = connection.execute(found).scalar_one_or_none()
    return took
