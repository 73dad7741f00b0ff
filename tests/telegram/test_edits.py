"""An edited question: its answer is edited, begun anew, or left as it is."""

from __future__ import annotations

import pytest

from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")


async def test_the_answer_of_an_edited_question_is_edited_in_place(api: BotApi) -> None:
    asked = await api.private_message(ADA, NUCLEAR)
    (answer,) = await api.sent(1)

    await api.edit(asked, SOLAR)

    assert (await api.edited(answer)).text.startswith(f"❓ {SOLAR}")
    assert GAS not in answer.labels
    await api.edit(asked, GAS)
    assert (await api.edited(answer, 2)).text.startswith(f"❓ {GAS}")
    await api.sent(1)


async def test_an_edit_that_adds_the_mention_is_answered_below_the_message(api: BotApi) -> None:
    asked = await api.group_message(ADA, NUCLEAR)

    await api.edit(asked, f"@interview_bot {NUCLEAR}")

    (answer,) = await api.sent(1)
    assert answer.text.startswith(f"❓ {NUCLEAR}")
    assert answer.reply_to == asked["message_id"]


async def test_an_edit_that_removes_the_mention_leaves_the_answer(api: BotApi) -> None:
    asked = await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)

    await api.edit(asked, GAS)
    await api.group_message(BOB, f"@interview_bot {SOLAR}")

    await api.sent(2)
    assert answer.edits == 0


async def test_an_edit_that_changes_no_word_changes_nothing(api: BotApi) -> None:
    asked = await api.private_message(ADA, NUCLEAR)
    (answer,) = await api.sent(1)

    await api.edit(asked, NUCLEAR)
    await api.answer(ADA, SOLAR)

    assert answer.edits == 0


async def test_an_answer_that_was_deleted_meanwhile_is_sent_anew(api: BotApi, texts: Texts) -> None:
    asked = await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)
    await api.tapped(ADA, answer, texts("zh", "delete.button"))

    await api.edit(asked, f"@interview_bot {GAS}")

    assert (await api.sent(2))[1].text.startswith(f"❓ {GAS}")
    assert api.failures == ["editMessageText: Bad Request: message to edit not found"]
    api.failures.clear()


async def test_an_old_message_whose_answer_is_not_remembered_is_left_alone(api: BotApi) -> None:
    asked = await api.silent_message(GROUP, ADA, NUCLEAR)
    asked["date"] -= 7200

    await api.edit(asked, f"@interview_bot {NUCLEAR}", after=7200)
    await api.group_message(BOB, f"@interview_bot {SOLAR}")

    (answer,) = await api.sent(1)
    assert answer.text.startswith(f"❓ {SOLAR}")


async def test_a_question_edited_to_nothing_keeps_its_answer(api: BotApi) -> None:
    asked = await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)

    await api.edit(asked, "@interview_bot")
    await api.group_message(BOB, f"@interview_bot {SOLAR}")

    await api.sent(2)
    assert answer.edits == 0


async def test_an_answer_becomes_a_refusal_to_make_things_up(api: BotApi, texts: Texts) -> None:
    asked = await api.private_message(ADA, NUCLEAR)
    (answer,) = await api.sent(1)

    await api.edit(asked, "谢谢")

    assert (await api.edited(answer)).text == texts("zh", "smalltalk.thanks")
    assert answer.labels == []
