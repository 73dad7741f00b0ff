"""A reply to one of the bot's messages is about that message, whoever replies and whenever."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.answers.assistant import Assistant
from bot.answers.reply import Decision, Reply, Scored
from bot.knowledge.model import Bilingual
from bot.storage.preferences import ChatSettings
from bot.storage.schema import ANSWERS
from bot.telegram.answering.deliver import deliver
from bot.telegram.client import Destination
from bot.telegram.context import App, Context
from bot.text import Texts
from tests.botapi import ADA, BOB, FORUM, GROUP, ME, BotApi, Sent
from tests.telegram.lighthouse import KEEPER, LAMP, PANELS, SECOND_LAMP, STORM, WHY, asked, replied
from tests.telegram.serving import Serving, started


@pytest.mark.usefixtures("lighthouse_bot")
@pytest.mark.parametrize(
    ("question", "text", "head"),
    [
        (LAMP, "原话是什么？", f"❓ {LAMP}"),
        (LAMP, "第二点呢？", f"❓ {LAMP}\n\n{SECOND_LAMP}"),
        (LAMP, "还有呢？", f"❓ {PANELS}"),
        (STORM, "什么意思", f"❓ {STORM}"),
        (LAMP, "the exact words?", "❓ Which lamps has the tower had?"),
    ],
)
async def test_another_persons_reply_is_about_the_answer(api: BotApi, question: str, text: str, head: str) -> None:
    answer = await asked(api, ADA, question)

    assert (await replied(api, BOB, text, answer)).text.startswith(head)


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_bare_why_in_reply_is_never_said_to_be_missing(api: BotApi, texts: Texts) -> None:
    answer = await asked(api, ADA, KEEPER)

    why = await replied(api, BOB, "为什么？", answer)

    assert not why.text.startswith(texts("zh", "unknown.plain"))
    assert WHY in why.text + "".join(why.labels)


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_reply_to_an_older_answer_is_about_the_older_one(api: BotApi) -> None:
    older, newer = await asked(api, ADA, LAMP), await asked(api, ADA, STORM)

    assert (await replied(api, ADA, "第二点呢？", older)).text.startswith(f"❓ {LAMP}\n\n{SECOND_LAMP}")
    assert (await replied(api, ADA, "第二点呢？", newer)).text.startswith(f"❓ {STORM}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_in_private_too_and_the_conversation_goes_on_from_there(api: BotApi) -> None:
    older = await api.answer(ADA, LAMP)
    await api.answer(ADA, STORM)

    assert (await api.answer(ADA, "第二点呢？", reply_to=older)).text.startswith(f"❓ {LAMP}\n\n{SECOND_LAMP}")
    assert (await api.answer(ADA, "还有呢？")).text.startswith(f"❓ {PANELS}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_reply_counts_more_than_what_its_writer_asked_before(api: BotApi) -> None:
    of_ada = await asked(api, ADA, LAMP)
    await asked(api, BOB, STORM)

    assert (await replied(api, BOB, "原话是什么？", of_ada)).text.startswith(f"❓ {LAMP}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_question_of_its_own_is_answered_whatever_it_replies_to(api: BotApi) -> None:
    answer = await asked(api, ADA, LAMP)

    assert (await replied(api, BOB, KEEPER, answer)).text.startswith(f"❓ {KEEPER}")


async def test_a_reply_after_a_restart_is_about_the_answer(
    api: BotApi, lighthouse: Assistant, serving: Serving
) -> None:
    async with serving(api, lighthouse):
        older = await asked(api, ADA, LAMP)
        await asked(api, ADA, STORM)
    lighthouse.forget(f"{GROUP.id}//{ADA.id}")

    async with serving(api, lighthouse):
        assert (await replied(api, BOB, "第二点呢？", older)).text.startswith(f"❓ {LAMP}\n\n{SECOND_LAMP}")
        assert (await replied(api, ADA, "原话是什么？", older)).text.startswith(f"❓ {LAMP}")


async def long_answer(api: BotApi, app: App) -> list[Sent]:
    """Answer Ada in the group with more than fits into a message."""
    entry = app.services.assistant.knowledge.by_key["lighthouse/lamp"]
    reply = Reply(
        LAMP,
        Decision("answered", "zh", (Scored(replace(entry, points=(Bilingual("长" * 5000, "x"), *entry.points)), 0.9),)),
    )
    await deliver(Context(app), Destination(GROUP.id, None, None, group=True, asker=ADA.id), ChatSettings(), reply)
    return await api.sent(3)


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("restarted", [False, True], ids=["at once", "after a restart"])
async def test_a_reply_to_a_part_of_an_answer_is_about_the_answer(
    api: BotApi, lighthouse: Assistant, serving: Serving, part: int, *, restarted: bool
) -> None:
    async with serving(api, lighthouse) as app:
        await started(api)
        answer = await long_answer(api, app)
        if not restarted:
            assert (await replied(api, BOB, "原话是什么？", answer[part])).text.startswith(f"❓ {LAMP}")
            return
    async with serving(api, lighthouse):
        assert (await replied(api, BOB, "原话是什么？", answer[part])).text.startswith(f"❓ {LAMP}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_reply_to_what_a_button_showed_is_about_that(api: BotApi, texts: Texts) -> None:
    answer = await asked(api, ADA, STORM)
    await api.tapped(ADA, answer, WHY)
    tapped = (await api.sent(2))[1]
    await api.tapped(ADA, answer, texts("zh", "context.button"))
    excerpt = (await api.sent(3))[2]

    assert (await replied(api, BOB, "原话是什么？", tapped)).text.startswith(f"❓ {WHY}")
    assert (await replied(api, BOB, "原话是什么？", excerpt)).text.startswith(f"❓ {STORM}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_reply_to_a_pointer_is_about_what_it_points_to(api: BotApi, texts: Texts) -> None:
    await asked(api, ADA, LAMP)
    pointer = await asked(api, BOB, LAMP)
    assert pointer.text == texts("zh", "group.above")

    assert (await replied(api, BOB, "第二点呢？", pointer)).text.startswith(f"❓ {LAMP}\n\n{SECOND_LAMP}")


async def offered(api: BotApi, app: App, question: str, *names: str) -> Sent:
    """Answer Ada in the group with nothing but suggestions."""
    knowledge = app.services.assistant.knowledge
    found = tuple(Scored(knowledge.by_key[f"lighthouse/{name}"], 0.4) for name in names)
    reply = Reply(question, Decision("suggested" if names else "unknown", "zh", suggestions=found))
    before = len(api.world.sent)
    await deliver(Context(app), Destination(GROUP.id, None, None, group=True, asker=ADA.id), ChatSettings(), reply)
    await api.answer(BOB, "/help")  # with its end, everything is written down
    return api.world.sent[before]


@pytest.mark.parametrize(
    ("text", "head"), [("第二个", PANELS), ("最后一个呢", STORM), ("the first one", "Which lamps")]
)
async def test_a_reply_to_suggestions_picks_one(api: BotApi, lighthouse_bot: App, text: str, head: str) -> None:
    suggestions = await offered(api, lighthouse_bot, "灯塔怎么样", "lamp", "panels", "storm")

    assert (await replied(api, BOB, text, suggestions)).text.startswith(f"❓ {head}")


async def test_a_reply_to_suggestions_completes_the_question(api: BotApi, lighthouse_bot: App) -> None:
    await asked(api, BOB, KEEPER)
    suggestions = await offered(api, lighthouse_bot, "太阳能板多久", "lamp", "panels")

    assert (await replied(api, BOB, "擦一次？", suggestions)).text.startswith(f"❓ {PANELS}")


async def test_a_reply_to_what_is_missing_is_read_with_its_question(api: BotApi, lighthouse_bot: App) -> None:
    missing = await offered(api, lighthouse_bot, "太阳能板")

    assert (await replied(api, BOB, "多久擦一次", missing)).text.startswith(f"❓ {PANELS}")
    assert (await replied(api, BOB, STORM, missing)).text.startswith(f"❓ {STORM}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_reply_in_private_to_an_answer_of_a_group_is_about_it(api: BotApi) -> None:
    answer = await asked(api, ADA, LAMP)
    before = len(api.world.sent)
    origin = {"type": "user", "date": 1_760_000_000, "sender_user": ME.json()}
    there = {"origin": origin, "chat": GROUP.json(), "message_id": answer.message_id}
    await api.private_message(BOB, "第二点呢？", external_reply=there)

    assert (await api.sent(before + 1))[-1].text.startswith(f"❓ {LAMP}\n\n{SECOND_LAMP}")


async def test_a_reply_to_what_an_older_version_answered_is_read_off_its_buttons(
    api: BotApi, lighthouse: Assistant, serving: Serving
) -> None:
    async with serving(api, lighthouse):
        answer = await asked(api, ADA, LAMP)

    async with serving(api, lighthouse) as app:
        as_before = update(ANSWERS).values(entries=None, status=None, exchange=None)
        await app.services.database.write(lambda connection: connection.execute(as_before))
        assert (await replied(api, BOB, "第二点呢？", answer)).text.startswith(f"❓ {LAMP}\n\n{SECOND_LAMP}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_a_reply_to_an_answer_sent_through_the_bot_is_about_it(api: BotApi) -> None:
    (chosen,) = [one for one in (await api.inline(ADA, LAMP))["results"] if one["title"] == LAMP]
    said = await api.silent_message(GROUP, ADA, "❓")
    said.update(via_bot=ME.json(), reply_markup=chosen["reply_markup"])
    await api.group_message(BOB, "@interview_bot 第二点呢？", reply_to=said)

    assert (await api.sent(1))[0].text.startswith(f"❓ {LAMP}\n\n{SECOND_LAMP}")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_an_edited_answer_is_about_what_it_shows_now(api: BotApi) -> None:
    question = await api.group_message(ADA, f"@interview_bot {LAMP}")
    (answer,) = await api.sent(1)
    await api.edit(question, f"@interview_bot {STORM}")
    await api.edited(answer)

    assert (await replied(api, BOB, "原话是什么？", answer)).text.startswith(f"❓ {STORM}")


async def test_what_is_forgotten_of_a_question_is_no_context_any_more(api: BotApi, lighthouse_bot: App) -> None:
    missing = await offered(api, lighthouse_bot, "太阳能板多久")
    assert (await replied(api, BOB, "擦一次？", missing)).text.startswith(f"❓ {PANELS}")

    await api.answer(ADA, "/forget")

    assert not (await replied(api, BOB, "擦一次？", missing)).text.startswith("❓")


@pytest.mark.usefixtures("lighthouse_bot")
async def test_the_first_message_of_a_topic_is_no_answer(api: BotApi) -> None:
    opened = api.world.message(FORUM, ME, forum_topic_created={"name": "Topic", "icon_color": 1})
    before = len(api.world.sent)
    await api.group_message(ADA, f"@interview_bot {STORM}", FORUM, thread=7, reply_to=opened)

    assert (await api.sent(before + 1))[-1].text.startswith(f"❓ {STORM}")
