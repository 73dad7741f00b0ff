"""Messages without words: one short hint in private, nothing in groups."""

from __future__ import annotations

from typing import Any

import pytest

from bot.text import Texts
from tests.botapi import ADA, BOB, BotApi
from tests.telegram.knowledge import NUCLEAR, SOLAR

pytestmark = pytest.mark.usefixtures("bot")

FILE = {"file_id": "F", "file_unique_id": "U"}
PHOTO = [{**FILE, "width": 1, "height": 1}]
MEDIA: list[dict[str, Any]] = [
    {"sticker": {**FILE, "width": 1, "height": 1, "type": "regular", "is_animated": False, "is_video": False}},
    {"voice": {**FILE, "duration": 3}},
    {"video_note": {**FILE, "duration": 3, "length": 100}},
    {"photo": PHOTO},
    {"location": {"longitude": 1.5, "latitude": 2.5}},
]


@pytest.mark.parametrize("content", MEDIA, ids=lambda content: next(iter(content)))
async def test_what_holds_no_words_gets_a_hint_in_private(api: BotApi, texts: Texts, content: dict[str, Any]) -> None:
    await api.private_message(ADA, None, **content)

    assert (await api.sent(1))[0].text == texts("zh", "telegram.only_words")


async def test_the_hint_comes_once_in_a_while_to_each_chat(api: BotApi, texts: Texts) -> None:
    for content in MEDIA:
        await api.private_message(ADA, None, **content)
    await api.private_message(BOB, None, photo=PHOTO)
    await api.sent(2)

    await api.answer(ADA, NUCLEAR)

    hints = [sent.chat for sent in api.world.sent if sent.text.startswith(texts("zh", "telegram.only_words"))]
    assert hints == [ADA.id]


@pytest.mark.parametrize("content", MEDIA, ids=lambda content: next(iter(content)))
async def test_what_holds_no_words_is_left_alone_in_groups(api: BotApi, content: dict[str, Any]) -> None:
    await api.group_message(ADA, f"@interview_bot {NUCLEAR}")
    (answer,) = await api.sent(1)

    await api.group_message(ADA, None, **content)
    await api.group_message(ADA, None, reply_to=answer, **content)
    await api.group_message(BOB, f"@interview_bot {SOLAR}")

    assert (await api.sent(2))[1].text.startswith(f"❓ {SOLAR}")


async def test_an_album_with_one_caption_is_one_question(api: BotApi) -> None:
    await api.private_message(ADA, None, photo=PHOTO, media_group_id="A", caption=NUCLEAR)
    for _ in range(2):
        await api.private_message(ADA, None, photo=PHOTO, media_group_id="A")
    await api.private_message(ADA, SOLAR)

    assert [sent.text.splitlines()[0] for sent in await api.sent(2)] == [f"❓ {NUCLEAR}", f"❓ {SOLAR}"]
