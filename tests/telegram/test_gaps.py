"""/gaps: what wasn't answered well becomes a phrasing, with an admin's yes and not without."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.answers.assistant import Assistant
from bot.storage import phrasing_decisions, votes
from bot.storage.history import Exchange, new_id
from bot.telegram.context import App
from bot.telegram.ui.short_ids import encode_exchange_id
from bot.text import Texts
from tests.botapi import ADA, BOB, GROUP, BotApi, Sent
from tests.builders import store_exchange
from tests.postgres import Server
from tests.telegram.knowledge import GAS, NUCLEAR, SOLAR
from tests.telegram.serving import MakeAssistant, MakeServices, Serving, serving_with

STRANGE = "足球比赛谁赢了"
ODD = "第三季度财报"
VARIANT = "足球比赛昨晚谁赢了"


async def missed(bot: App, question: str, times: int = 1, **more: object) -> int:
    """Keep a question that wasn't answered, as often as `times`, each by somebody else; return its last id."""
    for number in range(times):
        values: dict[str, object] = {
            "id": new_id(),
            "at": time.time(),
            "chat": 1,
            "kind": "private",
            "asker": number,
            "via": "typed",
            "question": question,
            "language": "zh",
            "status": "unknown",
            "entries": (),
            "score": None,
            "took_ms": 1.0,
        }
        exchange = Exchange(**{**values, **more})  # type: ignore[arg-type]  # made of what the test says
        await store_exchange(bot.services.database, exchange)
    return exchange.id


async def started(api: BotApi, application: App) -> None:
    await api.wait_for(lambda: application.running, "the bot to start")


async def turned(api: BotApi, page: Sent, label: str) -> str:
    """Tap a button of a page, and wait until the page has changed; return the note."""
    before = page.edits
    note = await api.tapped(ADA, page, label)
    await api.edited(page, before + 1)
    return note


async def test_a_gap_becomes_a_phrasing_that_is_answered_at_once(
    api: BotApi, serving: Serving, own: Assistant, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        await missed(application, STRANGE, 3)
        page = await api.answer(ADA, "/gaps")
        assert page.text.startswith(texts("zh", "gaps.title", page=1, pages=1))
        assert texts("zh", "gaps.asked", text=STRANGE) in page.text
        assert texts("zh", "gaps.counts", times=3, people=3, down=0) in page.text
        assert len(page.labels) == 5

        entry = page.labels[0]
        await turned(api, page, entry)
        assert page.text.startswith(texts("zh", "gaps.pending", page=1, pages=1))
        assert f"❓ {entry}" in page.text
        assert not (await api.answer(ADA, STRANGE)).text.startswith(f"❓ {entry}")

        await turned(api, page, texts("zh", "gaps.approve"))
        assert texts("zh", "gaps.live") in page.text
        assert (await api.answer(ADA, STRANGE)).text.startswith(f"❓ {entry}")

        assert await turned(api, page, texts("zh", "gaps.undo")) == texts("zh", "gaps.undone")
        assert texts("zh", "gaps.asked", text=STRANGE) in page.text
        assert not (await api.answer(ADA, STRANGE)).text.startswith(f"❓ {entry}")


async def test_what_is_approved_outlives_a_restart_and_a_reload(
    api: BotApi, serving: Serving, own: Assistant, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        number = await missed(application, STRANGE)
        page = await api.answer(ADA, "/gaps")
        entry = page.labels[0]
        await turned(api, page, entry)
        await turned(api, page, texts("zh", "gaps.approve"))
    own.set_approved(())
    async with serving(api, own) as application:
        assert (await api.answer(BOB, STRANGE)).text.startswith(f"❓ {entry}")
        await api.answer(ADA, "/reload")
        assert (await api.answer(ADA, STRANGE)).text.startswith(f"❓ {entry}")
        assert await phrasing_decisions.find(application.services.database, number) is not None


async def test_the_most_frequent_comes_first_with_its_other_wordings(
    api: BotApi, serving: Serving, own: Assistant, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        await missed(application, ODD, 2)
        await missed(application, STRANGE, 2)
        await missed(application, VARIANT)
        page = await api.answer(ADA, "/gaps")
        assert texts("zh", "gaps.title", page=1, pages=2) in page.text
        assert texts("zh", "gaps.counts", times=3, people=2, down=0) in page.text
        assert f"{texts('zh', 'gaps.others')}\n• {VARIANT}" in page.text

        await turned(api, page, texts("zh", "paging.next"))
        assert texts("zh", "gaps.asked", text=ODD) in page.text
        await turned(api, page, texts("zh", "paging.previous"))

        assert await turned(api, page, texts("zh", "gaps.ignore")) == texts("zh", "gaps.ignored")
        assert texts("zh", "gaps.asked", text=ODD) in page.text
        assert await turned(api, page, texts("zh", "gaps.later")) == texts("zh", "gaps.put_off")
        assert page.text == texts("zh", "gaps.none")
        assert page.labels == []
        dismissed = await phrasing_decisions.in_states(application.services.database, "ignored", "later")
        assert [one.text for one in dismissed] == ["", "", ""]


async def test_what_people_chose_is_offered_first_and_votes_are_shown(
    api: BotApi, serving: Serving, own: Assistant, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        database = application.services.database
        number = await missed(application, NUCLEAR, status="answered", entries=("energy-talk/nuclear-view",))
        await votes.record_vote(database, number, 1, "down", time.time())
        await votes.record_choice(database, number, 1, "fruit-talk/coconut", time.time())
        await votes.record_choice(database, number, 2, "fruit-talk/coconut", time.time())
        await votes.record_choice(database, number, 2, "gone/entry", time.time())

        page = await api.answer(ADA, "/gaps")

    assert page.labels[0] == "👆2 椰子是什么颜色的？"
    assert texts("zh", "gaps.counts", times=1, people=1, down=1) in page.text


async def test_a_wording_of_another_entry_is_refused(
    api: BotApi, serving: Serving, own: Assistant, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        database = application.services.database
        number = await missed(application, GAS, status="answered", entries=("energy-talk/gas",))
        await votes.record_vote(database, number, 1, "wrong", time.time())
        page = await api.answer(ADA, "/gaps")
        await api.note(await api.tap(ADA, page, f"hs:b:{encode_exchange_id(number)}:energy-talk_solar"))
        await api.edited(page)
        await api.tapped(ADA, page, texts("zh", "gaps.approve"))
        refusal = (await api.sent(2))[1]
        waiting = await phrasing_decisions.find(database, number)
        answer = await api.answer(ADA, GAS)

    assert refusal.text.startswith(texts("zh", "gaps.refused", reason=f"the phrasing '{GAS}' is also one of 'gas'"))
    assert waiting is not None
    assert waiting.state == "pending"
    assert answer.text.startswith(f"❓ {GAS}")
    assert SOLAR not in answer.text


async def test_a_wording_that_finds_something_else_all_the_same_is_refused(
    api: BotApi, serving: Serving, own: Assistant, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        number = await missed(application, "谢谢", status="suggested")
        page = await api.answer(ADA, "/gaps")
        await api.note(await api.tap(ADA, page, f"hs:b:{encode_exchange_id(number)}:energy-talk_solar"))
        await api.edited(page)
        await api.tapped(ADA, page, texts("zh", "gaps.approve"))

        assert (await api.sent(2))[1].text == texts("zh", "gaps.finds_other")
        assert own.approved == ()


async def test_what_is_answered_by_now_is_no_gap(api: BotApi, serving: Serving, own: Assistant, texts: Texts) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        await missed(application, NUCLEAR)

        assert (await api.answer(ADA, "/gaps")).text == texts("zh", "gaps.none")


async def test_buttons_about_what_is_settled_are_answered(
    api: BotApi, serving: Serving, own: Assistant, texts: Texts
) -> None:
    async with serving(api, own) as application:
        await started(api, application)
        number = await missed(application, STRANGE)
        page = await api.answer(ADA, "/gaps")
        taps = [f"hs:{decision}:{encode_exchange_id(5)}" for decision in "biylu"] + [
            f"hs:b:{encode_exchange_id(number)}:gone"
        ]

        notes = [await api.note(await api.tap(ADA, page, data)) for data in taps]

    assert notes == [texts("zh", "gaps.gone")] * len(taps)
    assert page.edits == 0


@pytest.mark.usefixtures("bot")
async def test_gaps_are_for_admins_alone_and_in_private(bot: App, api: BotApi, texts: Texts) -> None:
    number = await missed(bot, STRANGE)
    page = await api.answer(ADA, "/gaps")
    assert (await api.answer(BOB, "/gaps")).text == texts("en", "admin.refused")
    await api.group_message(ADA, "/gaps@interview_bot")

    assert (await api.sent(3))[2].text == texts("zh", "gaps.only_private")
    for data in ("gs:0", f"hs:i:{encode_exchange_id(number)}"):
        assert await api.note(await api.tap(BOB, page, data)) == texts("zh", "admin.refused")
    assert page.edits == 0
    assert page.chat != GROUP.id


async def test_what_is_approved_at_one_replica_takes_part_at_all(
    api: BotApi, make_services: MakeServices, own: Assistant, own_folder: Path, make_assistant: MakeAssistant,
    postgres: Server, texts: Texts,
) -> None:  # fmt: skip
    url, other = postgres.new_database(), make_assistant(own_folder)
    first, second = make_services(own, url), make_services(other, url)
    async with serving_with(api, first) as application, serving_with(api, second) as beside:
        await started(api, application)
        await started(api, beside)
        await missed(application, STRANGE)
        page = await api.answer(ADA, "/gaps")
        entry = page.labels[0]
        await turned(api, page, entry)
        await turned(api, page, texts("zh", "gaps.approve"))

        await api.wait_for(lambda: own.approved == other.approved != (), "both replicas to learn", limit=60)
        assert await turned(api, page, texts("zh", "gaps.undo")) == texts("zh", "gaps.undone")
        await api.wait_for(lambda: own.approved == other.approved == (), "both replicas to unlearn", limit=60)
