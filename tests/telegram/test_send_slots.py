"""Messages go out one after another, each written down before the next, as long as the bot keeps up."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from bot.storage.schema import DONE, INBOX
from bot.telegram.client.outage_log import OutageLog
from bot.telegram.client.send_slots import MAX_CONCURRENT_SENDS, SendLimiter, SendSlot
from bot.telegram.context import App
from tests.botapi import BotApi, User
from tests.telegram.knowledge import NUCLEAR

LONG = 60.0
DONE_UPDATES = select(func.count()).where(INBOX.c.state == DONE)


@pytest.fixture
def limiter() -> SendLimiter:
    return SendLimiter(OutageLog(logging.getLogger(__name__)), lambda: False, LONG, LONG)


async def test_the_next_waits_until_the_end_of_the_last(limiter: SendLimiter) -> None:
    first, second = SendSlot(limiter), SendSlot(limiter)
    await first.acquire()
    waiting = asyncio.create_task(second.acquire())
    await asyncio.sleep(0)
    assert not waiting.done()

    first.close()

    await waiting
    assert limiter.alone.locked()
    second.close()
    assert not limiter.alone.locked()


async def test_a_message_that_fails_lets_the_others_go_on(limiter: SendLimiter) -> None:
    first, second = SendSlot(limiter), SendSlot(limiter)
    await first.acquire()

    first.release()

    await second.acquire()
    second.close()
    await first.acquire()
    assert limiter.alone.locked()
    first.close()


async def test_a_message_that_takes_long_lets_the_others_go_on(limiter: SendLimiter) -> None:
    first, second = SendSlot(replace(limiter, max_hold_seconds=0.0)), SendSlot(limiter)
    await first.acquire()

    await second.acquire()

    first.close()
    assert limiter.alone.locked(), "it is the second's now"
    second.close()


async def test_a_message_that_has_waited_long_goes_out_beside_the_others(limiter: SendLimiter) -> None:
    first, second = SendSlot(limiter), SendSlot(replace(limiter, max_wait_seconds=0.0))
    await first.acquire()

    await second.acquire()
    await second.acquire()

    assert limiter.alone.locked(), "it is the first's still"
    for one in (first, second):
        one.close()
    assert not limiter.alone.locked()


async def test_while_the_bot_has_fallen_behind_some_messages_go_out_side_by_side(limiter: SendLimiter) -> None:
    backlogged = replace(limiter, backlogged=lambda: True)
    some = [SendSlot(backlogged) for _ in range(MAX_CONCURRENT_SENDS)]
    for one in some:
        await one.acquire()
    another = SendSlot(backlogged)
    waiting = asyncio.create_task(another.acquire())
    await asyncio.sleep(0)
    assert not waiting.done()

    some[0].close()

    await waiting
    for one in (another, *some):
        one.close()
    assert not limiter.side_by_side.locked()


async def test_no_message_goes_out_before_the_one_before_it_is_written_down(bot: App, api: BotApi) -> None:
    in_doubt: list[int] = []

    def look(connection: Connection) -> None:
        sent = len(api.world.sent)
        in_doubt.append(sent - connection.execute(DONE_UPDATES).scalar_one())

    async def watch() -> None:
        while True:
            async with api.world.changed:
                await api.world.changed.wait()
            await bot.bot_data.database.run_read_only(look)

    watching = asyncio.create_task(watch())
    for number in range(30):
        await api.private_message(User(500 + number, "Somebody"), NUCLEAR)
    await api.sent(30)
    watching.cancel()

    assert max(in_doubt) == 1
