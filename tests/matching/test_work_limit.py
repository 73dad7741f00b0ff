"""One message costs so much work and no more, however long it is and whatever it contains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.matching.embeddings import CachedEmbedder
from bot.matching.inverted_index import Floats
from bot.matching.matcher import Matcher
from bot.matching.message_parts import MAX_PARTS
from bot.matching.results import AnswerContext
from bot.matching.work_limit import MAX_ENCODED_CHARACTERS_OF_LONG, MAX_MESSAGE_CHARACTERS
from tests.benchmarks.nonsense import NONSENSE, nonsense


class Recording(CachedEmbedder):
    """Keeps the texts whose meaning was asked for."""

    def __init__(self, embedder: CachedEmbedder) -> None:
        self._inner = embedder
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.texts.extend(texts)
        return self._inner.encode(texts)


@pytest.fixture
def recording(shipped: Matcher) -> Recording:
    assert shipped.engine.embedder is not None
    return Recording(shipped.engine.embedder)


@pytest.fixture
def watched(shipped: Matcher, recording: Recording) -> Matcher:
    return replace(shipped, engine=replace(shipped.engine, embedder=recording))


@pytest.mark.parametrize("kind", NONSENSE)
@pytest.mark.parametrize("in_conversation", [False, True])
def test_a_long_message_has_little_of_its_meaning_computed(
    kind: str, in_conversation: bool, watched: Matcher, recording: Recording
) -> None:
    before = AnswerContext((next(iter(watched.knowledge.by_key.values())),)) if in_conversation else None
    watched.decide(nonsense(kind, MAX_MESSAGE_CHARACTERS), None, before)
    assert sum(map(len, recording.texts)) <= MAX_ENCODED_CHARACTERS_OF_LONG
    assert len(recording.texts) <= 2 * (MAX_PARTS + 1)


def test_what_stands_beyond_the_longest_message_is_not_read(watched: Matcher) -> None:
    chatter = "随便写写。" * (MAX_MESSAGE_CHARACTERS // 5)
    assert watched.decide(f"{chatter}奥特曼怎么看核能？" * 50) == watched.decide(chatter[:MAX_MESSAGE_CHARACTERS])


def test_a_sign_that_stands_for_a_sentence_makes_a_message_no_longer(watched: Matcher, recording: Recording) -> None:
    watched.decide("\ufdfa" * MAX_MESSAGE_CHARACTERS)
    assert sum(map(len, recording.texts)) <= MAX_ENCODED_CHARACTERS_OF_LONG


def test_a_question_at_the_end_of_a_long_story_is_still_answered(watched: Matcher) -> None:
    story = "我昨天下班回家，路上堵车堵了两个小时，到家饭都凉了，孩子也睡了，只好一个人看视频。" * 5
    decision = watched.decide(f"{story}奥特曼怎么看核能？")
    assert [found.entry.id for found in decision.answers] == ["nuclear-view"]
