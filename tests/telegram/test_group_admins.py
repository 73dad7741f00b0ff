"""Who counts as an admin of a group: those of this moment, anonymous ones too."""

from __future__ import annotations

import pytest

from bot.telegram.chats.group_admins import CACHE_SECONDS, MAX_REFRESHES_PER_MINUTE, GroupAdmins
from bot.telegram.context import App
from bot.text import Texts
from tests.botapi import ADA, BOB, FORUM, GROUP, ME, BotApi, Sent, User
from tests.botapi.people import ANONYMOUS, JSON
from tests.telegram.knowledge import NUCLEAR


async def opened_anonymously(api: BotApi) -> Sent:
    """Let an anonymous admin open the settings."""
    before = len(api.world.sent)
    await api.group_message(ANONYMOUS, "/settings@interview_bot", sender_chat=GROUP.json())
    return (await api.sent(before + 1))[-1]


@pytest.mark.usefixtures("bot")
async def test_an_admin_may_tap_what_was_opened_in_the_groups_name(api: BotApi) -> None:
    api.world.members[GROUP.id, BOB.id] = "administrator"
    panel = await opened_anonymously(api)

    assert await api.tapped(BOB, panel, "English") == ""
    assert "✓ English" in (await api.edited(panel)).labels


@pytest.mark.usefixtures("bot")
async def test_an_anonymous_admin_may_tap_where_the_bot_can_see_it(api: BotApi) -> None:
    api.world.members.update({(GROUP.id, ADA.id): "creator", (GROUP.id, ME.id): "administrator"})
    api.world.anonymous.add((GROUP.id, ADA.id))
    panel = await opened_anonymously(api)

    assert await api.tapped(ADA, panel, "English") == ""
    assert "✓ English" in (await api.edited(panel)).labels


@pytest.mark.usefixtures("bot")
async def test_an_anonymous_admin_is_told_how_to_be_seen(api: BotApi, texts: Texts) -> None:
    api.world.members[GROUP.id, ADA.id] = "creator"
    api.world.anonymous.add((GROUP.id, ADA.id))
    panel = await opened_anonymously(api)

    assert await api.tapped(ADA, panel, "English") == texts("en", "group.unseen_admin")
    assert panel.edits == 0

    api.world.members[GROUP.id, ME.id] = "administrator"
    assert await api.tapped(ADA, panel, "English") == ""


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("typed", "key", "values"),
    [
        ("en", "settings.language", {"language": "English"}),
        ("QUIET on", "settings.quiet_on", {}),
        ("quiet", "settings.quiet_on", {}),
        ("here", "settings.here", {}),
        ("nonsense", "settings.quiet_off", {}),
    ],
)
async def test_an_anonymous_admin_may_type_what_to_set(
    api: BotApi, texts: Texts, typed: str, key: str, values: dict[str, str]
) -> None:
    named = {"sender_chat": FORUM.json(), "thread": 7}
    await api.group_message(ANONYMOUS, f"/settings@interview_bot {typed}", FORUM, **named)
    (panel,) = await api.sent(1)
    assert texts("en", key, **values) in panel.text
    assert texts("en", "settings.typed") in panel.text

    for other in ("auto", "quiet off", "everywhere"):
        await api.group_message(ANONYMOUS, f"/settings@interview_bot {other}", FORUM, **named)
    last = (await api.sent(4))[-1].text
    for each in ("settings.quiet_off", "settings.everywhere"):
        assert texts("en", each) in last
    assert texts("en", "settings.language", language=texts("en", "lang.follow")) in last


@pytest.mark.usefixtures("bot")
async def test_who_is_no_admin_types_in_vain(api: BotApi, texts: Texts) -> None:
    await api.group_message(BOB, "/settings@interview_bot quiet on")
    assert (await api.sent(1))[0].text == texts("en", "settings.refused")

    assert texts("en", "settings.quiet_off") in (await opened_anonymously(api)).text


@pytest.mark.usefixtures("bot")
async def test_a_new_admin_may_change_the_settings_at_once(api: BotApi, texts: Texts) -> None:
    panel = await opened_anonymously(api)
    api.world.members[GROUP.id, ADA.id] = "creator"
    assert await api.tapped(ADA, panel, "English") == ""
    await api.edited(panel)
    assert await api.tapped(BOB, panel, "English") == texts("en", "group.unseen_admin")

    api.world.members[GROUP.id, BOB.id] = "administrator"

    assert await api.tapped(BOB, panel, "简体中文") == ""
    await api.edited(panel, 2)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("asker", "named", "refused"),
    [(ADA, {}, "delete.refused"), (ANONYMOUS, {"sender_chat": GROUP.json()}, "group.unseen_admin")],
    ids=["asked by somebody", "asked in the group's name"],
)
async def test_a_new_admin_may_delete_an_answer_at_once(
    api: BotApi, texts: Texts, asker: User, named: JSON, refused: str
) -> None:
    await api.group_message(asker, f"@interview_bot {NUCLEAR}", **named)
    (answer,) = await api.sent(1)
    assert await api.tapped(BOB, answer, texts("zh", "delete.button")) == texts("zh", refused)

    api.world.members[GROUP.id, BOB.id] = "administrator"

    assert await api.tapped(BOB, answer, texts("zh", "delete.button")) == ""
    assert (GROUP.id, answer.message_id) in api.world.deleted


async def test_who_is_no_admin_any_more_is_believed_for_a_minute_at_most(bot: App, api: BotApi) -> None:
    now = 0.0
    admins = GroupAdmins(clock=lambda: now)
    api.world.members[GROUP.id, ADA.id] = "administrator"
    assert await admins.include(bot.bot, GROUP.id, ADA.id)

    api.world.members[GROUP.id, ADA.id] = "member"

    assert await admins.include(bot.bot, GROUP.id, ADA.id)
    assert not await admins.include(bot.bot, GROUP.id, BOB.id)
    assert not await admins.include(bot.bot, GROUP.id, ADA.id), "looking for Bob showed it"
    now = CACHE_SECONDS + 1
    assert not await admins.include(bot.bot, GROUP.id, ADA.id)


async def test_refusing_somebody_often_asks_telegram_seldom(bot: App, api: BotApi) -> None:
    now = 0.0
    admins = GroupAdmins(clock=lambda: now)

    assert not any([await admins.include(bot.bot, GROUP.id, BOB.id) for _ in range(50)])
    assert len(api.called("getChatAdministrators")) == 1 + MAX_REFRESHES_PER_MINUTE

    now = 60 / MAX_REFRESHES_PER_MINUTE
    api.world.members[GROUP.id, BOB.id] = "administrator"
    assert await admins.include(bot.bot, GROUP.id, BOB.id)


async def test_where_telegram_does_not_say_nobody_is_an_admin(bot: App, api: BotApi) -> None:
    admins = GroupAdmins()
    api.fail("getChatAdministrators", 400, "Bad Request: chat not found")
    assert not await admins.include(bot.bot, GROUP.id, ADA.id)

    api.fail("getChatMember", 400, "Bad Request: member list is inaccessible")
    assert not await admins.include(bot.bot, GROUP.id, ADA.id)
