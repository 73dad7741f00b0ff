"""A bot may die at any moment: every question is answered, in order, and hardly one twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.configuration import Settings
from tests.botapi import ADA, BOB, BotApi
from tests.crash_harness import Outcome, asking_ever_more, killed_replicas, killed_while_polling, two_replicas
from tests.postgres import Server
from tests.telegram.knowledge import GAS, SOLAR

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]  # the bot is another process

ROUNDS = 3
"""`python -m tests.benchmarks kills` does more of them."""


def assert_kept(outcome: Outcome) -> None:
    print(outcome)
    assert len(outcome.repeats) == ROUNDS
    assert (outcome.unanswered, outcome.unprovoked, outcome.out_of_order) == (0, 0, 0), outcome
    assert max(outcome.repeats) <= 1, outcome


@pytest.mark.timeout(300)
async def test_a_bot_that_polls_is_killed(home: Path) -> None:
    assert_kept(await killed_while_polling(home, ROUNDS))


@pytest.mark.timeout(300)
async def test_a_bot_that_has_fallen_behind_is_killed(home: Path) -> None:
    outcome = await killed_while_polling(home, ROUNDS, asking_ever_more)

    print(outcome)
    assert (outcome.unanswered, outcome.unprovoked, outcome.out_of_order) == (0, 0, 0), outcome
    assert max(outcome.repeats) <= Settings.model_fields["concurrency"].default, outcome


@pytest.mark.timeout(300)
async def test_one_of_two_replicas_is_killed(home: Path, postgres: Server) -> None:
    assert_kept(await killed_replicas(home, ROUNDS, postgres.new_database()))


@pytest.mark.timeout(300)
async def test_what_a_dead_replica_had_in_hand_is_answered_by_the_other_within_15_seconds(
    api: BotApi, home: Path, postgres: Server
) -> None:
    async with two_replicas(api, home, postgres.new_database()) as (one, _):
        both = list(api.deliveries.ways)
        for way in both:  # both serve
            api.deliveries.ways[:] = [way]
            await api.private_message(ADA, SOLAR)
            await api.sent(1 + both.index(way), limit=60)
        api.deliveries.ways[:] = both[:1]
        api.flood("sendMessage", 60)
        await api.private_message(BOB, GAS)  # the other may still be busy with Ada's chat
        await api.wait_for(lambda: not api.world.faults, "the first attempt")

        await one.kill()

        api.deliveries.ways[:] = both[1:]
        *_, answer = await api.sent(3, limit=15)
        assert answer.chat == BOB.id
