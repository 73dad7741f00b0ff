"""What was asked, how it went, what people made of it, and what they have set."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from itertools import count

import pytest
from sqlalchemy import insert, select

from bot.answers.conversation import CONVERSATION_SECONDS
from bot.storage import completion_batch, gaps, history, phrasing_decisions, retention, votes
from bot.storage.database import Database
from bot.storage.history import DAY_SECONDS, Exchange, Forgotten, without_names
from bot.storage.phrasing_decisions import SNOOZE_SECONDS, PhrasingDecision
from bot.storage.preferences import GENERAL, SHARED_CACHE_SECONDS, ChatSettings, Preferences
from bot.storage.schema import CONVERSATIONS, DEAD_LETTER, INBOX
from bot.storage.statistics import statistics
from bot.storage.statistics_data import ChatFigures
from bot.storage.time_zone import UTC_ZONE
from bot.storage.write_behind import ConversationRow, WriteBehindStore
from tests.builders import store_exchange

NOW = 20_000 * DAY_SECONDS + 5.0
ADA, BOB = 1, -2
NUMBERS = count(1)


async def keep(database: Database, question: str = "核能呢", **more: object) -> int:
    """Keep an exchange; return its id."""
    values: dict[str, object] = {
        "id": next(NUMBERS),
        "at": NOW,
        "chat": -(2**63),
        "kind": "private",
        "asker": ADA,
        "via": "typed",
        "question": question,
        "language": "zh",
        "status": "answered",
        "entries": ("talk/one",),
        "score": 0.75,
        "took_ms": 2.0,
    }
    exchange = Exchange(**{**values, **more})  # type: ignore[arg-type]  # made of what the test says
    await store_exchange(database, exchange)
    return exchange.id


async def wording(database: Database, text: str, state: phrasing_decisions.DecisionState, at: float = NOW) -> int:
    """Keep a decision; return its id."""
    number = next(NUMBERS)
    decision = PhrasingDecision(number, ord(text[0]), f"{text}？", "talk/one", state, at)
    await phrasing_decisions.save(database, [decision])
    return number


async def test_an_exchange_is_kept_as_it_was(database: Database) -> None:
    number = await keep(database, "奥特曼🙂怎么看", entries=("talk/one", "talk/two"), score=0.5, asker=None)

    found = await history.find(database, number)

    assert found is not None
    assert (found.question, found.entries, found.score, found.asker) == (
        "奥特曼🙂怎么看",
        ("talk/one", "talk/two"),
        0.5,
        None,
    )
    assert await history.find(database, number + 1) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("@ada_l 你问  @bob 了吗\n核能", "你问 了吗 核能"),
        ("看 https://example.org/ada 和 t.me/ada", "看 和"),
        ("长" * 1000, "长" * 300),
        ("", ""),
    ],
)
def test_names_and_links_are_not_kept(typed: str, kept: str) -> None:
    assert without_names(typed) == kept


async def test_the_last_vote_of_a_person_counts(database: Database) -> None:
    number = await keep(database)

    given: list[tuple[int, votes.VoteKind]] = [(ADA, "up"), (ADA, "up"), (ADA, "down"), (BOB, "wrong")]

    outcomes = [await votes.record_vote(database, number, person, vote, NOW) for person, vote in given]

    assert outcomes == ["new", "same", "changed", "new"]
    assert (await statistics(database, 1, NOW, UTC_ZONE)).votes == {"down": 1, "wrong": 1}
    assert await votes.record_vote(database, number + 1000, ADA, "up", NOW) == "gone"


async def test_votes_at_once_count_once(database: Database) -> None:
    number = await keep(database)

    outcomes = await asyncio.gather(*(votes.record_vote(database, number, ADA, "up", NOW) for _ in range(4)))

    assert sorted(outcomes) == ["new", "same", "same", "same"]


async def test_misses_are_what_was_not_answered_or_voted_down(database: Database) -> None:
    fine = await keep(database, "好")
    bad = await keep(database, "不好", at=NOW + 1)
    unknown = await keep(database, "没有", at=NOW + 2, status="unknown", entries=(), score=None, asker=BOB)
    suggested = await keep(database, "哪个", at=NOW + 3, status="suggested", entries=("talk/one", "talk/two"))
    await keep(database, "你好", status="smalltalk")
    await keep(database, "点开的", via="tapped", status="unknown")
    await votes.record_vote(database, fine, ADA, "up", NOW)
    await votes.record_vote(database, bad, ADA, "down", NOW)
    await votes.record_vote(database, bad, BOB, "wrong", NOW)
    for person in (ADA, ADA, BOB):
        await votes.record_choice(database, suggested, person, "talk/two", NOW)
    await votes.record_choice(database, suggested + 1000, ADA, "talk/two", NOW)

    found = await gaps.misses(database)

    assert [(miss.exchange, miss.answered, miss.down) for miss in found] == [
        (suggested, False, 0),
        (unknown, False, 0),
        (bad, True, 2),
    ]
    assert found[0].chosen == Counter({"talk/two": 2})
    assert found[1].asker == BOB


async def test_forgetting_deletes_what_a_person_left_and_nothing_else(database: Database) -> None:
    own, others = await keep(database), await keep(database, asker=BOB)
    await votes.record_vote(database, own, BOB, "up", NOW)
    await votes.record_vote(database, others, ADA, "down", NOW)
    await votes.record_choice(database, others, ADA, "talk/two", NOW)

    assert await history.forget(database, ADA, ADA, ADA) == Forgotten(questions=1, votes=2)

    assert await history.find(database, own) is None
    assert await history.find(database, others) is not None
    assert (await statistics(database, 1, NOW, UTC_ZONE)).votes == {}
    assert await history.forget(database, ADA, ADA, ADA) == Forgotten(questions=0, votes=0)


async def test_forgetting_deletes_the_words_of_failed_updates_of_the_private_chat(database: Database) -> None:
    failed = {"content": "{}", "received_at": NOW, "state": DEAD_LETTER, "ended_at": NOW}
    rows = [{"update_id": 1, "chat": ADA, **failed}, {"update_id": 2, "chat": BOB, **failed}]
    await database.write(lambda connection: connection.execute(insert(INBOX), rows))

    await history.forget(database, ADA, ADA, ADA)

    query = select(INBOX.c.update_id, INBOX.c.content).order_by(INBOX.c.update_id)
    assert await database.read(lambda connection: list(map(tuple, connection.execute(query)))) == [(1, None), (2, "{}")]


async def test_what_is_old_goes_with_its_votes(database: Database) -> None:
    old, new = await keep(database, at=NOW - 8 * DAY_SECONDS), await keep(database, at=NOW - 6 * DAY_SECONDS)
    await votes.record_vote(database, old, ADA, "up", NOW)

    await retention.delete_expired(database, 7, NOW)

    assert await history.find(database, old) is None
    assert await history.find(database, new) is not None


async def test_a_conversation_is_stored_for_as_long_as_it_is_remembered(database: Database) -> None:
    over, going_on = (
        ConversationRow(number, 1, ("talk/one",), frozenset(), NOW - CONVERSATION_SECONDS - late)
        for number, late in ((1, 1), (2, 0))
    )
    records = WriteBehindStore(database)
    records.put(over)
    records.put(going_on)
    await database.write(partial(completion_batch.write, completions=[], records=records.pending()))

    await retention.delete_expired(database, 7, NOW)

    stored = select(CONVERSATIONS.c.conversation)
    assert await database.read(lambda connection: connection.execute(stored).scalars().all()) == [2]


async def test_one_decision_a_wording(database: Database) -> None:
    first = await wording(database, "核能", "pending")
    second = await wording(database, "核能", "approved")

    assert await phrasing_decisions.find(database, first) is None
    found = await phrasing_decisions.find(database, second)
    assert found is not None
    assert (found.text, found.entry, found.state) == ("核能？", "talk/one", "approved")


async def test_what_is_put_off_comes_back(database: Database) -> None:
    await wording(database, "甲", "ignored", NOW - 2 * SNOOZE_SECONDS)
    await wording(database, "乙", "later", NOW - 1)
    await wording(database, "丙", "later", NOW - 2 * SNOOZE_SECONDS)

    assert await phrasing_decisions.decided_phrasings(database, NOW) == {ord("甲"), ord("乙")}


async def test_a_decision_can_be_taken_back(database: Database) -> None:
    number = await wording(database, "甲", "pending")

    await phrasing_decisions.delete_decision(database, number)

    assert await phrasing_decisions.find(database, number) is None
    assert await phrasing_decisions.decided_phrasings(database, NOW) == set()


async def test_exported_wordings_were_approved(database: Database) -> None:
    approved, pending = await wording(database, "甲", "approved"), await wording(database, "乙", "pending")

    await phrasing_decisions.mark_exported(database, [approved, pending])

    assert [one.id for one in await phrasing_decisions.in_states(database, "exported")] == [approved]
    assert [one.id for one in await phrasing_decisions.in_states(database, "pending", "approved")] == [pending]


async def test_a_person_chooses_a_language_and_takes_it_back(database: Database) -> None:
    preferences = Preferences(database)
    assert await preferences.language_of(ADA) is None
    await preferences.save_language(ADA, "en")
    await preferences.save_language(ADA, "zh-Hant")

    for reader in (preferences, Preferences(database)):
        assert await reader.language_of(ADA) == "zh-Hant"
        assert await reader.language_of(BOB) is None
    assert await preferences.save_language(ADA, None)
    assert not await preferences.save_language(ADA, None)
    for reader in (preferences, Preferences(database)):
        assert await reader.language_of(ADA) is None


async def test_the_settings_of_a_group_are_stored_and_move_with_it(database: Database) -> None:
    preferences = Preferences(database)
    assert await preferences.settings_of(5) == ChatSettings()
    await preferences.save_settings(5, ChatSettings("en"))
    await preferences.save_settings(5, ChatSettings(None, quiet=True, topic=GENERAL))
    await preferences.save_settings(6, ChatSettings("zh"))

    await preferences.move_settings(5, 6)

    for reader in (preferences, Preferences(database)):
        assert await reader.settings_of(5) == ChatSettings()
        assert await reader.settings_of(6) == ChatSettings(None, quiet=True, topic=0)


async def test_what_another_process_has_set_shows_once_the_cache_has_expired(database: Database) -> None:
    now = 0.0
    here, elsewhere = Preferences(database, lambda: now), Preferences(database)
    assert await here.language_of(ADA) is None
    assert await here.settings_of(5) == ChatSettings()
    await elsewhere.save_language(ADA, "en")
    await elsewhere.save_settings(5, ChatSettings("zh"))

    assert (await here.language_of(ADA), await here.settings_of(5)) == (None, ChatSettings()), "it is cached"
    now = SHARED_CACHE_SECONDS if database.shared else CONVERSATION_SECONDS
    assert (await here.language_of(ADA), await here.settings_of(5)) == ("en", ChatSettings("zh"))


async def test_statistics_sum_up_the_last_days(database: Database) -> None:
    await keep(database, took_ms=1.0, at=NOW - DAY_SECONDS, chat=7, kind="supergroup")
    await keep(database, took_ms=2.0, status="unknown", entries=(), score=None)
    await keep(database, took_ms=3.0, status="suggested", entries=("talk/two",), asker=BOB, chat=8)
    await keep(database, took_ms=4.0, entries=("talk/two",))
    await keep(database, took_ms=5.0, at=NOW - 2 * DAY_SECONDS)
    await keep(database, via="tapped", entries=("talk/two",), took_ms=99.0)

    found = await statistics(database, 2, NOW, UTC_ZONE)

    assert (found.first, found.days, found.asked, found.people) == (19_999, 2, 4, 2)
    assert found.statuses == {"answered": 2, "unknown": 1, "suggested": 1}
    assert found.daily[19_999, "answered"] == 1
    assert found.top == [("talk/two", 2), ("talk/one", 1)]
    assert found.chats == [ChatFigures("private", 2, 3, 2), ChatFigures("supergroup", 1, 1, 1)]
    assert (found.p50, found.p95) == (2.0, 4.0)


async def test_where_nothing_was_asked_there_is_nothing_to_sum_up(database: Database) -> None:
    found = await statistics(database, 7, NOW, UTC_ZONE)

    assert (found.asked, found.people, found.p50, found.top, found.chats) == (0, 0, None, [], [])
