"""A bot may die at any moment: every question is answered, in order, and hardly one twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills import Outcome, killed_replicas, killed_while_polling
from tests.postgres import Server

ROUNDS = 3
"""`python -m tests.benchmarks kills` does more of them."""


def assert_kept(outcome: Outcome) -> None:
    print(outcome)
    assert outcome.kills == ROUNDS
    assert (outcome.unanswered, outcome.out_of_order) == (0, 0), outcome
    assert outcome.second_answers <= outcome.kills, outcome


@pytest.mark.timeout(300)
async def test_a_bot_that_polls_is_killed(tmp_path: Path) -> None:
    assert_kept(await killed_while_polling(tmp_path / "home", ROUNDS))


@pytest.mark.timeout(300)
async def test_one_of_two_replicas_is_killed(tmp_path: Path, postgres: Server) -> None:
    assert_kept(await killed_replicas(tmp_path / "home", ROUNDS, postgres.new_database()))
