"""A group that talks with the bot about a lighthouse (`tests/second_knowledge`), whose entries have several points."""

from __future__ import annotations

from typing import Any

from tests.botapi import BotApi, Sent, User

LAMP = "灯塔用过哪些光源？"
STORM = "台风来了守塔人怎么办？"
PANELS = "太阳能板多久擦一次？"
KEEPER = "灯塔的守塔人是谁？"
WHY = "林海生为什么守着灯塔？"
SECOND_LAMP = "2. 后来换成电灯。"


async def asked(api: BotApi, user: User, text: str, **more: Any) -> Sent:
    """Ask in the group, and wait for the answer."""
    before = len(api.world.sent)
    await api.group_message(user, f"@interview_bot {text}", **more)
    return (await api.sent(before + 1))[-1]


async def replied(api: BotApi, user: User, text: str, to: Sent, **more: Any) -> Sent:
    """Reply to a message of the bot in the group, and wait for what it says to that."""
    before = len(api.world.sent)
    await api.group_message(user, text, reply_to=to, **more)
    return (await api.sent(before + 1))[-1]
