"""Votes, "not what I asked", and chosen suggestions: every tap is answered, and what was said is kept."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection, select, text

from bot.answers.reply import Reply, Scored
from bot.storage import gaps, history
from bot.storage.preferences import ChatSettings
from bot.storage.schema import HISTORY
from bot.telegram.answering.deliver import deliver
from bot.telegram.client.send import Destination
from bot.telegram.context import App, Context
from bot.telegram.ui.short_ids import encode_exchange_id
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi, Sent
from tests.botapi.people import ANONYMOUS, private
from tests.botapi.state import LIMIT
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")


async def until_kept(bot: App, api: BotApi, count: int) -> list[history.Exchange]:
    """Return what is kept, oldest first, once there is as much as expected."""
    database = bot.services.database
    ids = select(HISTORY.c.id).order_by(HISTORY.c.at)
    for _ in range(500):
        numbers = await database.read(lambda connection: connection.execute(ids).scalars().all())
        found = [await history.find(database, number) for number in numbers]
        if len(found) >= count:
            break
        await asyncio.sleep(0.01)
    assert len(found) == count
    return [exchange for exchange in found if exchange is not None]


async def suggested(bot: App, api: BotApi, question: str = "那个能源的事情") -> Sent:
    """Let the bot ask Ada back, however the matcher would have come to it."""
    entries = list(bot.services.assistant.knowledge.interviews[0].entries())
    reply = Reply(question, "suggested", "zh", suggestions=tuple(Scored(entry, 0.3) for entry in entries[:2]))
    asked = await api.silent_message(api.world.add_chat(private(ADA)), ADA, question)
    await deliver(
        Context(bot), Destination(ADA.id, None, asked["message_id"], group=False, asker=ADA.id), ChatSettings(), reply
    )
    await until_kept(bot, api, 1)  # no update ends here, with which it would be written down
    return (await api.sent(1))[0]


async def test_what_was_asked_is_kept_without_whose_it_was(bot: App, api: BotApi) -> None:
    await api.group_message(BOB, f"@interview_bot {NUCLEAR}")
    (exchange,) = await until_kept(bot, api, 1)

    names = bot.services.pseudonyms
    assert (exchange.question, exchange.status, exchange.language, exchange.via) == (NUCLEAR, "answered", "zh", "typed")
    assert (exchange.kind, exchange.entries) == ("supergroup", ("energy-talk/nuclear-view",))
    assert (exchange.chat, exchange.asker) == (names.of("chat", GROUP.id), names.of("person", BOB.id))
    assert exchange.score is not None
    assert exchange.score > 0.9
    assert exchange.took_ms > 0


async def test_every_kind_of_reply_is_kept(bot: App, api: BotApi) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    await api.answer(ADA, "你好")
    await api.tapped(ADA, answer, GAS)
    await api.sent(3)

    found = await until_kept(bot, api, 3)

    assert [(one.via, one.status) for one in found] == [
        ("typed", "answered"),
        ("typed", "smalltalk"),
        ("tapped", "answered"),
    ]


async def test_a_vote_is_noted_changed_and_not_counted_twice(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    notes = [await api.tapped(ADA, answer, label) for label in ("👍", "👍", "👎", "👎")]

    assert notes == [texts("zh", f"feedback.{key}") for key in ("thanks", "same", "changed", "same")]
    await api.sent(1)


async def test_others_vote_too_but_only_the_asker_meant_something_else(bot: App, api: BotApi, texts: Texts) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)

    assert await api.tapped(BOB, answer, "👎") == texts("zh", "feedback.thanks")
    assert await api.tapped(BOB, answer, texts("zh", "feedback.wrong")) == texts("zh", "feedback.only_asker")
    assert await api.tapped(ADA, answer, "👍") == texts("zh", "feedback.thanks")

    (miss,) = await gaps.misses(bot.services.database)
    assert (miss.text, miss.down) == (NUCLEAR, 1)


async def test_who_meant_something_else_is_offered_what_comes_near_once(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    label = texts("zh", "feedback.wrong")

    assert [await api.tapped(ADA, answer, label) for _ in range(2)] == ["", texts("zh", "feedback.same")]

    offer = (await api.sent(2))[1]
    assert offer.text == "\n\n".join([texts("zh", "feedback.sorry"), texts("zh", "feedback.rephrase")])
    assert len(offer.labels) == 3
    assert NUCLEAR not in offer.labels
    assert offer.reply_to == answer.message_id
    await api.tapped(ADA, offer, offer.labels[0])
    assert (await api.sent(3))[2].text.startswith(f"❓ {offer.labels[0]}")


async def test_what_an_anonymous_admin_asked_anybody_may_call_misunderstood(api: BotApi, texts: Texts) -> None:
    await api.group_message(ANONYMOUS, f"@interview_bot {NUCLEAR}", sender_chat=GROUP.json())
    (answer,) = await api.sent(1)

    assert await api.tapped(BOB, answer, texts("zh", "feedback.wrong")) == ""


async def test_a_chosen_suggestion_is_a_hint_at_what_the_wording_means(bot: App, api: BotApi) -> None:
    question = await suggested(bot, api)

    await api.tapped(ADA, question, SOLAR)
    await api.tapped(BOB, question, SOLAR)

    async with asyncio.timeout(LIMIT):  # a tap is acknowledged before the choice is stored
        while not (found := await gaps.misses(bot.services.database)) or sum(found[0].chosen.values()) < 2:
            pass
    (miss,) = found
    assert (miss.text, dict(miss.chosen)) == ("那个能源的事情", {"energy-talk/solar": 2})


async def test_a_tapped_question_cannot_have_been_misunderstood(api: BotApi, texts: Texts) -> None:
    answer = await api.answer(ADA, NUCLEAR)
    await api.tapped(ADA, answer, GAS)

    assert texts("zh", "feedback.wrong") not in (await api.sent(2))[1].labels


@pytest.mark.parametrize("kind", ["u", "n", "w"])
async def test_a_vote_on_what_is_not_kept_any_more_is_answered(api: BotApi, texts: Texts, kind: str) -> None:
    answer = await api.answer(ADA, NUCLEAR)

    note = await api.note(await api.tap(ADA, answer, f"vs:{kind}:{encode_exchange_id(5)}"))

    assert note == texts("zh", "feedback.too_old")


async def test_an_edited_question_is_kept_as_a_new_one(bot: App, api: BotApi) -> None:
    asked = await api.private_message(ADA, NUCLEAR)
    (answer,) = await api.sent(1)
    await api.edit(asked, SOLAR)
    await api.edited(answer)

    await until_kept(bot, api, 2)
    assert await api.tapped(ADA, answer, "👎") != ""

    (miss,) = await gaps.misses(bot.services.database)
    assert miss.text == SOLAR


async def test_what_cannot_be_kept_is_answered_all_the_same(bot: App, api: BotApi, texts: Texts) -> None:
    first = await api.answer(ADA, NUCLEAR)
    for table in ("votes", "choices", "history", "people", "chats"):
        await bot.services.database.write(partial(Connection.execute, statement=text(f"DROP TABLE {table}")))

    assert (await api.answer(ADA, SOLAR)).text.startswith(f"❓ {SOLAR}")
    assert await api.tapped(ADA, first, "👍") == texts("zh", "telegram.not_stored")
    assert await api.tapped(ADA, first, GAS) == ""
    assert (await api.sent(3))[2].text.startswith(f"❓ {GAS}")
