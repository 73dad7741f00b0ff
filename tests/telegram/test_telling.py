"""Messages go out one after another, each written down before the next, as long as the bot keeps up."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from bot.storage.schema import DONE, INBOX
from bot.telegram.client.outage_log import OutageLog
from bot.telegram.client.send_slots import SIDE_BY_SIDE, SendLimiter, SendSlot
from bot.telegram.context import App
from tests.botapi import BotApi, User
from tests.telegram.knowledge import NUCLEAR

LONG = 60.0
DONE_UPDATES = select(func.count()).where(INBOX.c.state == DONE)


@pytest.fixture
def turns() -> SendLimiter:
    return SendLimiter(OutageLog(logging.getLogger(__name__)), lambda: False, LONG, LONG)


async def test_the_next_waits_until_the_end_of_the_last(turns: SendLimiter) -> None:
    first, second = SendSlot(turns), SendSlot(turns)
    await first.enter()
    waiting = asyncio.create_task(second.enter())
    await asyncio.sleep(0)
    assert not waiting.done()

    first.end()

    await waiting
    assert turns.alone.locked()
    second.end()
    assert not turns.alone.locked()


async def test_a_message_that_fails_lets_the_others_go_on(turns: SendLimiter) -> None:
    first, second = SendSlot(turns), SendSlot(turns)
    await first.enter()

    first.leave()

    await second.enter()
    second.end()
    await first.enter()
    assert turns.alone.locked()
    first.end()


async def test_a_message_that_takes_long_lets_the_others_go_on(turns: SendLimiter) -> None:
    first, second = SendSlot(replace(turns, longest=0.0)), SendSlot(turns)
    await first.enter()

    await second.enter()

    first.end()
    assert turns.alone.locked(), "it is the second's now"
    second.end()


async def test_a_message_that_has_waited_long_goes_out_beside_the_others(turns: SendLimiter) -> None:
    first, second = SendSlot(turns), SendSlot(replace(turns, patience=0.0))
    await first.enter()

    await second.enter()
    await second.enter()

    assert turns.alone.locked(), "it is the first's still"
    for one in (first, second):
        one.end()
    assert not turns.alone.locked()


async def test_while_the_bot_has_fallen_behind_some_messages_go_out_side_by_side(turns: SendLimiter) -> None:
    behind = replace(turns, behind=lambda: True)
    some = [SendSlot(behind) for _ in range(SIDE_BY_SIDE)]
    for one in some:
        await one.enter()
    another = SendSlot(behind)
    waiting = asyncio.create_task(another.enter())
    await asyncio.sleep(0)
    assert not waiting.done()

    some[0].end()

    await waiting
    for one in (another, *some):
        one.end()
    assert not turns.side_by_side.locked()


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
