"""What goes wrong around the bot loses no question, and the log tells it in a line."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest
import time_machine
from telegram.error import Conflict, NetworkError, TimedOut

from bot.storage.retention import ClockJumpDetector
from bot.telegram.client import MAX_CONCURRENT_SENDS, Backoff, OutageLog
from bot.telegram.context import App
from tests import tcp_proxy
from tests.botapi import BotApi, User
from tests.faults import cut_off
from tests.telegram.knowledge import NUCLEAR, SOLAR

pytestmark = pytest.mark.slow

DAY = 86_400.0
CUT = 12.0
"""Seconds; longer than the bot waits for an answer to a message. `python -m tests.benchmarks faults` cuts longer."""


@pytest.mark.timeout(120)
async def test_a_network_that_is_cut_loses_nothing(home: Path) -> None:
    seen = await cut_off(home, CUT)

    outcome = seen.outcome
    assert (outcome.unanswered, outcome.out_of_order) == (0, 0), outcome
    assert sum(outcome.repeats) + outcome.unprovoked <= MAX_CONCURRENT_SENDS + 1, "those that were on their way"
    for level in ("WARNING", "INFO"):
        lines = [line for line in seen.told if line.startswith(level)]
        assert 1 <= len({line.split()[1] for line in lines}) == len(lines), seen.told


async def test_what_is_sent_while_the_wire_is_cut_never_arrives() -> None:
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.put_nowait(await reader.readline())
        writer.close()

    async def put(line: bytes) -> asyncio.StreamWriter:
        _, writer = await asyncio.open_connection("127.0.0.1", end)
        writer.write(line)
        await writer.drain()
        return writer

    async with (
        await asyncio.start_server(take, "127.0.0.1", 0) as server,
        tcp_proxy.running(server.sockets[0].getsockname()[1]) as (wire, end),
    ):
        wire.cut()
        lost = await put(b"lost\n")
        await wire.reached.wait()
        wire.mend()
        after = await put(b"after\n")

        assert await arrived.get() == b"after\n"
        for writer in (lost, after):
            writer.close()


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_clock_that_is_set_anew_loses_nothing(
    bot: App, api: BotApi, caplog: pytest.LogCaptureFixture, jump: float
) -> None:
    asked = [await ask(api, number) for number in range(20)]

    with time_machine.travel(time.time() + jump):
        asked += [await ask(api, number) for number in range(20)]
        await api.wait_for(lambda: len(answered(api)) == len(asked), "all answers")
        await api.wait_for(lambda: told(caplog), "a word about the clock")

    asked += [await ask(api, number) for number in range(20)]
    await api.wait_for(lambda: len(answered(api)) == len(asked), "all answers")
    for person in {person for person, _ in asked}:
        assert [one for one in answered(api) if one[0] == person] == [one for one in asked if one[0] == person]
    assert told(caplog)[0] == (
        f"The clock jumped by {jump:+.0f} seconds; expiry is postponed by an hour, check the clock"
    )
    assert bot.services.health.failures == 0


async def ask(api: BotApi, number: int) -> tuple[int, int]:
    """Ask a question of one of some people; return the chat and the message."""
    person = User(700 + number, "Somebody")
    message = await api.private_message(person, (NUCLEAR, SOLAR)[number % 2])
    return person.id, message["message_id"]


def answered(api: BotApi) -> list[tuple[int, int]]:
    """Return which questions were answered, in order; apologies for being late are no answers."""
    return [(sent.chat, sent.reply_to or 0) for sent in api.world.sent if sent.text.startswith("❓")]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says of the clock."""
    return [record.getMessage() for record in caplog.records if record.name == "bot.storage.retention"]


def test_the_drift_is_what_was_set_since_the_last_look() -> None:
    times = {"clock": 1000.0, "steady": 5.0}
    drift = ClockJumpDetector(lambda: times["clock"], lambda: times["steady"])
    seen = []
    for clock, steady in ((1010.0, 15.0), (5000.0, 16.0), (5001.0, 17.0), (900.0, 18.0)):
        times.update(clock=clock, steady=steady)
        seen.append(drift.jump_seconds())

    assert seen == [0.0, 3989.0, 0.0, -4102.0]


def test_ways_in_which_the_network_fails_are_one_outage(caplog: pytest.LogCaptureFixture) -> None:
    backoff = Backoff(OutageLog(logging.getLogger("test")))

    for error in (TimedOut(), NetworkError("Server disconnected"), Conflict("two"), NetworkError("Bad Gateway")):
        backoff.record_failure(error, error.message)

    assert [record.getMessage() for record in caplog.records] == ["Timed out", "two", "Bad Gateway"]
