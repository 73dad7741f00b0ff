"""Updates as other servers, other times and broken machines send them: sound ones, damaged at random."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.botapi import ADA, BOB, GROUP, ME
from tests.botapi.people import JSON, member, private

PRIVATE_WORDS = "天知地知你知我知"
"""Stands in every text of the updates; no log may show it."""
_HUGE, _DEEP, _HALF, _NOT_A_NUMBER = "@huge@", "@deep@", "@half@", "@nan@"
_RAW = {
    f'"{_HUGE}"': "9" * 5000,
    f'"{_DEEP}"': "[" * 5000 + "]" * 5000,
    f'"{_NOT_A_NUMBER}"': "NaN",
    _HALF: "\\ud83d\\u0000",
}
"""What is written in the place of marks: what Python can't write, or doesn't read."""
_VALUES: tuple[object, ...] = (
    None, True, 0, -1, 1.5, 2**31, 2**63, 10**40, "", "x", f"{PRIVATE_WORDS}{_HALF}", [], [[]], {}, {"id": "x"},
    _HUGE, _DEEP, _NOT_A_NUMBER,
)  # fmt: skip
_NO_UPDATES = ("null", "7", '"x"', "[]", "{}", "true", '{"update_id":{}}', '"\\ud800"')


def _message(number: int, **content: Any) -> JSON:
    return {"message_id": number, "date": 1_790_000_000, "chat": private(ADA).json(), "from": ADA.json(), **content}


def sound() -> tuple[JSON, ...]:
    """Return updates of every kind that the bot asks for, and some that it doesn't, without their numbers."""
    text = f"{PRIVATE_WORDS} @interview_bot"
    entities = [{"type": "mention", "offset": 9, "length": 14}, {"type": "bold", "offset": 0, "length": 8}]
    reply = _message(4, text=PRIVATE_WORDS)
    photo = [{"file_id": "F", "file_unique_id": "U", "width": 90, "height": 90}]
    option = {"text": PRIVATE_WORDS, "voter_count": 1, "persistent_id": "1"}
    poll = {
        "id": "5", "question": PRIVATE_WORDS, "options": [option],
        "total_voter_count": 1, "is_closed": False, "is_anonymous": True, "type": "regular",
        "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
    }  # fmt: skip
    change = {"chat": GROUP.json(), "from": BOB.json(), "date": 1_790_000_000}
    states = {"old_chat_member": member(ME.json(), "left"), "new_chat_member": member(ME.json(), "administrator")}
    return (
        {"message": _message(5, text=text, entities=entities)},
        {"message": _message(6, text=text, reply_to_message=reply, quote={"text": PRIVATE_WORDS, "position": 0})},
        {"message": _message(7, chat=GROUP.json(), text=f"/ask {text}", entities=entities, message_thread_id=3)},
        {"message": _message(8, photo=photo, caption=text, caption_entities=entities, media_group_id="9")},
        {"edited_message": _message(5, text=text, edit_date=1_790_000_001)},
        {"callback_query": {"id": "1", "from": BOB.json(), "chat_instance": "1", "data": "x", "message": reply}},
        {"inline_query": {"id": "2", "from": BOB.json(), "query": PRIVATE_WORDS, "offset": ""}},
        {"my_chat_member": {**change, **states}},
        {"poll": poll},
        {"message": _message(9, poll=poll)},
        {"a_kind_of_next_year": {"text": PRIVATE_WORDS}},
    )


def damaged(seed: int, count: int) -> Iterator[Callable[[int], bytes]]:
    """Yield what to send in the place of updates, each given the number that it would have."""
    chance, updates = Random(seed), sound()  # noqa: S311  # it has to come out the same each time
    for _ in range(count):
        if chance.random() < 0.03:
            text = chance.choice(_NO_UPDATES)
            yield lambda _, text=text: text.encode()  # type: ignore[misc]
            continue
        update = json.loads(json.dumps({"update_id": 0, **chance.choice(updates)}))
        kept = _damage(update, chance)
        yield lambda number, update=update, kept=kept: _written({**update, "update_id": number} if kept else update)  # type: ignore[misc]


def _damage(update: JSON, chance: Random) -> bool:
    """Damage an update in one to three places; return whether its number is left as it was."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = list(_places(update))
        if not places:
            return False
        holder, key = chance.choice(places)
        match chance.randrange(4):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[f"{key}_{PRIVATE_WORDS}"] = holder.pop(key)
            case _:
                holder[key] = json.loads(json.dumps(chance.choice(_VALUES)))
    return bool(update.get("update_id") == 0 and type(update["update_id"]) is int)


def _places(content: object) -> Iterator[tuple[Any, Any]]:
    keys: Iterator[Any] = iter(())
    if isinstance(content, dict):
        keys = iter(list(content))
    elif isinstance(content, list):
        keys = iter(range(len(content)))
    for key in keys:
        yield content, key
        yield from _places(content[key])  # type: ignore[index]


def _written(update: JSON) -> bytes:
    text = json.dumps(update)
    for mark, raw in _RAW.items():
        text = text.replace(mark, raw)
    return text.encode()
