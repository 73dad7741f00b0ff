"""What somebody quotes is what a message is about: a point of an answer, or a question that others asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.botapi import ADA, BOB, GROUP, BotApi
from tests.botapi.people import JSON
from tests.telegram.lighthouse import LAMP, SECOND_LAMP, STORM, asked, replied

pytestmark = pytest.mark.usefixtures("lighthouse_bot")


@pytest.mark.parametrize(
    ("quoted", "text", "shown"),
    [
        ("后来换成电灯", "原话是什么？", SECOND_LAMP),
        ("再后来是太阳能。", "第一点呢", "1. 最早烧煤油"),
        ("再后来是太阳能。", "展开说说", "• 最早烧煤油"),
        ("灯塔用过哪些光源", "原话是什么？", "• 最早烧煤油"),
        ("后", "原话是什么？", "• 最早烧煤油"),
    ],
)
async def test_a_quoted_point_is_what_a_reply_is_about(api: BotApi, quoted: str, text: str, shown: str) -> None:
    answer = await asked(api, ADA, LAMP)
    quote = {"text": quoted, "position": answer.text.index(quoted), "is_manual": True}

    assert (await replied(api, BOB, text, answer, quote=quote)).text.startswith(f"❓ {LAMP}\n\n{shown}")


async def test_a_bare_mention_on_a_quoted_part_of_an_answer_asks_about_that_part(api: BotApi) -> None:
    answer = await asked(api, ADA, LAMP)
    quote = {"text": "再后来是太阳能", "position": answer.text.index("再后来是太阳能"), "is_manual": True}

    again = await replied(api, BOB, "@interview_bot", answer, quote=quote)

    assert LAMP in again.text + "".join(again.labels)


def elsewhere(**more: Any) -> JSON:
    """Return what Telegram tells of a message of another chat that is replied to."""
    return {"origin": {"type": "user", "date": 1_760_000_000, "sender_user": ADA.json()}, **more}


async def test_a_bare_mention_on_what_is_quoted_from_another_chat_answers_it(api: BotApi) -> None:
    quote = {"text": STORM, "position": 0}
    before = len(api.world.sent)
    said = await api.group_message(BOB, "@interview_bot", external_reply=elsewhere(), quote=quote)

    answer = (await api.sent(before + 1))[-1]

    assert answer.text.startswith(f"❓ {STORM}")
    assert answer.reply_to == said["message_id"]


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (f"@interview_bot {STORM}", {}),
        (f"/ask@interview_bot{STORM}", {}),
        ("@interview_bot", {"external_reply": elsewhere(), "quote": {"text": STORM, "position": 0}}),
    ],
    ids=["a mention", "a command", "a quote"],
)
async def test_a_bare_mention_answers_what_the_message_says_or_quotes(
    api: BotApi, words: str, more: dict[str, Any]
) -> None:
    said = await api.silent_message(GROUP, ADA, words)
    said.update(more)
    await api.group_message(BOB, "@interview_bot", reply_to=said)

    (answer,) = await api.sent(1)

    assert answer.text.startswith(f"❓ {STORM}")
    assert answer.reply_to == said["message_id"]
