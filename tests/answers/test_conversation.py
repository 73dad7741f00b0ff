"""What was last talked about is remembered for a while, in each conversation by itself."""

from __future__ import annotations

import pytest

from bot.answers.conversation import CONVERSATION_SECONDS, MAX_CONVERSATIONS, Conversations
from bot.knowledge.model import Entry
from bot.matching.results import Decision, Scored, Status
from tests.builders import entry


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


ONE, TWO, THREE = entry("one"), entry("two"), entry("three")


def answered(*entries: Entry) -> Decision:
    return Decision("answered", "zh", tuple(Scored(item, 0.9) for item in entries))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conversations(clock: Clock) -> Conversations:
    return Conversations(clock)


def recalled(conversations: Conversations, name: str | None = "a") -> list[str] | None:
    before = conversations.recall(name)
    return None if before is None else [item.id for item in before.entries]


def test_the_last_answer_is_recalled(conversations: Conversations) -> None:
    assert recalled(conversations) is None
    conversations.remember("a", answered(ONE))
    conversations.remember("a", answered(TWO, THREE))
    assert recalled(conversations) == ["two", "three"]
    before = conversations.recall("a")
    assert before is not None
    assert before.shown == {"talk/one", "talk/two", "talk/three"}


def test_conversations_are_kept_apart(conversations: Conversations) -> None:
    conversations.remember("a", answered(ONE))
    conversations.remember("b", answered(TWO))
    assert (recalled(conversations, "a"), recalled(conversations, "b")) == (["one"], ["two"])


def test_a_message_that_stands_alone_leaves_nothing(conversations: Conversations) -> None:
    conversations.remember(None, answered(ONE))
    assert recalled(conversations, None) is None


def test_it_lasts_so_long_and_no_longer(conversations: Conversations, clock: Clock) -> None:
    conversations.remember("a", answered(ONE))
    clock.now += CONVERSATION_SECONDS
    assert recalled(conversations) == ["one"]
    clock.now += 1
    assert recalled(conversations) is None


@pytest.mark.parametrize("status", ["suggested", "unknown", "smalltalk"])
def test_a_reply_without_an_answer_leaves_the_topic(status: Status, conversations: Conversations) -> None:
    conversations.remember("a", answered(ONE))
    conversations.remember("a", Decision(status, "zh", suggestions=(Scored(TWO, 0.4),)))
    assert recalled(conversations) == ["one"]


def test_forgetting_forgets_one_conversation(conversations: Conversations) -> None:
    conversations.remember("a", answered(ONE))
    conversations.remember("b", answered(TWO))
    conversations.forget("a")
    conversations.forget("never")
    assert (recalled(conversations, "a"), recalled(conversations, "b")) == (None, ["two"])


def test_the_one_that_was_silent_longest_goes_first(conversations: Conversations) -> None:
    for number in range(MAX_CONVERSATIONS):
        conversations.remember(str(number), answered(ONE))
    conversations.remember("0", answered(TWO))
    conversations.remember("new", answered(THREE))
    assert recalled(conversations, "1") is None
    assert recalled(conversations, "0") == ["two"]
    assert recalled(conversations, "new") == ["three"]
