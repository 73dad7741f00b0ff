"""A bot that is cut off from Telegram for a while, under a stream of questions."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests import tcp_proxy
from tests.botapi import running as serving_api
from tests.crash_harness import Outcome, asking, more_answers, outcome_of, settings_of
from tests.replica import running

BEFORE = 1.0
"""Seconds under the stream before the cut."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """What came of a cut."""

    outcome: Outcome
    """What came of the questions; second answers are those to what was asked before or while it was cut off."""
    told: tuple[str, ...]
    """What the log said of it: lines from the cut on, without their time."""


async def cut_off(home: Path, seconds: float) -> CutOff:
    """Cut a bot that polls off from Telegram for so many seconds."""
    async with serving_api() as api, tcp_proxy.running(urlsplit(api.url).port or 0) as (line, port):
        settings = settings_of(api, home, BOT_API_URL=f"http://127.0.0.1:{port}/bot")
        async with running(settings, home / "bot.log") as bot:
            async with asking(api) as asked:
                await more_answers(api)
                await asyncio.sleep(BEFORE)
                before, said = len(api.world.sent), len(bot.log)
                line.cut()
                await asyncio.sleep(seconds)
                line.mend()
                await more_answers(api)
            outcome = await outcome_of(api, asked, [before])
            return CutOff(outcome, tuple(entry.split(maxsplit=2)[2] for entry in bot.log[said:].splitlines()))


def faults() -> Iterator[str]:
    """Cut a bot off for a minute; yield what came of it."""
    with tempfile.TemporaryDirectory() as home:
        seen = asyncio.run(cut_off(Path(home) / "cut", 60.0))
    came = seen.outcome
    yield (
        f"cut off from Telegram for 60 s: {came.questions} questions: {came.unanswered} unanswered, "
        f"{sum(came.repeats)} answered twice, {came.out_of_order} out of order; in the log:"
    )
    yield from (f"  {line}" for line in seen.told)
