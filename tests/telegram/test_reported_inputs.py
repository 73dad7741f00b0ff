"""Small inputs of public reports about other bots that this one deals with; each must stay that way."""

from __future__ import annotations

import pytest

from bot.telegram.context import App
from tests.botapi import ADA, BotApi
from tests.telegram.knowledge import NUCLEAR

pytestmark = pytest.mark.usefixtures("bot")


@pytest.mark.parametrize(
    "around",
    ["\u200b{}\ufeff", "\u202e{}\u202c", "\u2066{}\u2069", "\u00ad{}\u2060"],
    ids=["zero width", "override", "isolate", "soft hyphen"],
)
async def test_characters_that_nobody_sees_change_no_answer(api: BotApi, around: str) -> None:
    assert (await api.answer(ADA, around.format(NUCLEAR))).text.startswith(f"❓ {NUCLEAR}")


@pytest.mark.parametrize("payload", ["x" * 64, "__", "-", "a b c", "<b>&", "😀", "../../etc", "0"])
async def test_a_link_with_a_start_parameter_of_unknown_make_still_greets(bot: App, api: BotApi, payload: str) -> None:
    greeting = await api.answer(ADA, f"/start {payload}")

    assert greeting.text
    assert bot.services.health.failures == 0


@pytest.mark.parametrize("seconds", [0, -3])
async def test_a_wait_of_no_time_is_a_short_one(api: BotApi, seconds: int) -> None:
    api.flood("sendMessage", seconds)

    assert (await api.answer(ADA, NUCLEAR)).text.startswith(f"❓ {NUCLEAR}")
    assert len(api.called("sendMessage")) == 2
