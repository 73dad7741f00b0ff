"""How much was asked and how it went: sums over what is kept, and nothing about anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.schema import HISTORY, VOTES
from bot.storage.statistics_data import ChatFigures, Statistics
from bot.storage.time_zone import Zone

MAX_TOP_ENTRIES = 8
"""Entries that are named."""
QUARTER_HOUR_SECONDS = 900
"""Seconds: clocks everywhere are set by whole quarters of an hour, so each lies within one day of every zone."""


async def statistics(database: Database, days: int, now: float, zone: Zone) -> Statistics:
    """Sum up the last `days` days of a time zone."""
    first = zone.day_of(now) - days + 1
    recent = HISTORY.c.at >= zone.start_of(first)
    typed = recent & (HISTORY.c.via == "typed")
    async with database.read() as connection:
        daily = await _daily(connection, typed, zone)
        statuses: Counter[str] = Counter()
        for (_, status), count in daily.items():
            statuses[status] += count
        people = await connection.execute(select(func.count(HISTORY.c.asker.distinct())).where(typed))
        return Statistics(
            first=first,
            days=days,
            statuses=statuses,
            daily=daily,
            people=people.scalar_one(),
            votes=await _votes(connection, recent),
            top=await _top(connection, recent),
            chats=await _chats(connection, typed),
            p50=await _percentile(connection, typed, statuses.total(), 50),
            p95=await _percentile(connection, typed, statuses.total(), 95),
            zone=zone.name,
        )


async def _daily(connection: AsyncConnection, where: ColumnElement[bool], zone: Zone) -> Mapping[tuple[int, str], int]:
    """Count by day and way: the database by quarters of an hour, which know no zone, and their days are summed here."""
    columns = _quarter_hour(connection), HISTORY.c.status
    rows = await connection.execute(select(*columns, func.count()).where(where).group_by(*columns))
    daily: Counter[tuple[int, str]] = Counter()
    for quarter, status, count in rows:
        daily[zone.day_of(quarter * QUARTER_HOUR_SECONDS), status] += count
    return daily


def _quarter_hour(connection: AsyncConnection) -> ColumnElement[int]:
    """Return which quarter of an hour since 1970 something happened in."""
    quarters = HISTORY.c.at / QUARTER_HOUR_SECONDS
    # SQLite cuts off where PostgreSQL rounds, and not every SQLite has FLOOR.
    return cast(quarters if connection.dialect.name == "sqlite" else func.floor(quarters), Integer)


async def _votes(connection: AsyncConnection, where: ColumnElement[bool]) -> Mapping[str, int]:
    counted = select(VOTES.c.vote, func.count()).join(HISTORY, HISTORY.c.id == VOTES.c.exchange).where(where)
    rows = await connection.execute(counted.group_by(VOTES.c.vote))
    return {str(vote): count for vote, count in rows}


async def _top(connection: AsyncConnection, where: ColumnElement[bool]) -> Sequence[tuple[str, int]]:
    count = func.count()
    shown = select(HISTORY.c.entry, count).where(where & (HISTORY.c.status == "answered")).group_by(HISTORY.c.entry)
    rows = await connection.execute(shown.order_by(count.desc(), HISTORY.c.entry).limit(MAX_TOP_ENTRIES))
    return [(entry, times) for entry, times in rows]


async def _chats(connection: AsyncConnection, where: ColumnElement[bool]) -> Sequence[ChatFigures]:
    one = select(HISTORY.c.kind, func.count().label("asked")).where(where)
    each = one.group_by(HISTORY.c.kind, HISTORY.c.chat).subquery()
    asked = func.sum(each.c.asked)
    kinds = select(each.c.kind, func.count(), asked, func.max(each.c.asked)).group_by(each.c.kind)
    rows = await connection.execute(kinds.order_by(asked.desc(), each.c.kind))
    return [ChatFigures(kind, chats, int(total), busiest) for kind, chats, total, busiest in rows]


async def _percentile(
    connection: AsyncConnection, where: ColumnElement[bool], count: int, percent: int
) -> float | None:
    """Return the smallest time within which `percent` of 100 were found."""
    offset = max(0, -(-count * percent // 100) - 1)
    found = select(HISTORY.c.took_ms).where(where).order_by(HISTORY.c.took_ms).offset(offset).limit(1)
    took: float | None = (await connection.execute(found)).scalar_one_or_none()
    return took
