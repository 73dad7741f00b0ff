"""One message costs so much work and no more, however long it is and whatever it contains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.matching.embeddings import CachedEmbedder
from bot.matching.engine import MAX_QUERY_CHARACTERS, Ranking
from bot.matching.inverted_index import Floats
from bot.matching.matcher import Matcher
from bot.matching.message_parts import MAX_PARTS
from bot.matching.results import AnswerContext
from bot.matching.spelling import SpellingCorrector
from bot.matching.work_limit import MAX_ENCODED_CHARACTERS_OF_LONG, MAX_MESSAGE_CHARACTERS
from tests.benchmarks.nonsense import NONSENSE, nonsense


class Recording(CachedEmbedder):
    """Keeps the texts that the sentence model was given."""

    def __init__(self, embedder: CachedEmbedder) -> None:
        self._inner = embedder
        self.texts: list[str] = []
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.calls += 1
        self.texts.extend(texts)
        return self._inner.encode(texts)


@pytest.fixture
def recording(shipped: Matcher) -> Recording:
    assert shipped.engine.embedder is not None
    return Recording(shipped.engine.embedder)


@pytest.fixture
def watched(shipped: Matcher, recording: Recording) -> Matcher:
    return replace(shipped, engine=replace(shipped.engine, embedder=recording))


def between(matcher: Matcher, below: float, above: float) -> Matcher:
    """Return a matcher that uses the sentence model for scores from `below` up to `above`."""
    weights = matcher.engine.weights.model_copy(update={"skip_model_below": below, "skip_model_above": above})
    return replace(matcher, engine=replace(matcher.engine, weights=weights))


def uses_model(ranking: Ranking) -> bool:
    """Return whether candidates were scored with the sentence model's features."""
    return any("model_cosine" in candidate.features for candidate in ranking.candidates)


@pytest.mark.parametrize(
    ("text", "below", "above", "used"),
    [
        ("他觉得核电到底好不好呀", 0.0, 1.0, True),
        ("他觉得核电到底好不好呀", 0.0, 0.0, False),
        ("他觉得核电到底好不好呀", 1.0, 1.0, False),
        ("核能", 0.0, 1.0, False),  # a phrasing word for word
    ],
)
def test_the_sentence_model_is_used_between_the_thresholds_alone(
    text: str, below: float, above: float, used: bool, watched: Matcher, recording: Recording
) -> None:
    engine = between(watched, below, above).engine
    ranking = engine.rank(engine.parser.normalise(text))
    assert recording.calls == used
    assert uses_model(ranking) == used
    assert ranking.model == (engine.weights.with_model if used else engine.weights.without_model)


def test_the_sentence_model_is_used_once_for_all_parts_of_a_message(watched: Matcher, recording: Recording) -> None:
    between(watched, 0.0, 1.0).decide("他觉得核电到底好不好呀？Sora 又为啥要搞呢？")
    assert recording.calls == 1
    assert len(recording.texts) > 2


@pytest.mark.parametrize(
    ("text", "above", "settled"),
    [
        ("西方拒绝核能是不是愚蠢", 0.5, True),
        ("西方拒绝核能是不是愚蠢", 1.0, False),  # not sure enough
        ("西方拒绝核能是不是愚蠢，土豆怎么种", 0.5, False),  # no entry says anything about potatoes
        ("奥特曼总体怎么看核能呀", 0.5, False),  # an overview answers, and may contain two that are asked for
        ("核能", 1.0, True),  # a phrasing word for word
    ],
)
def test_a_message_is_cut_unless_it_surely_asks_for_one_thing(
    text: str, above: float, settled: bool, watched: Matcher
) -> None:
    engine = between(watched, 0.0, above).engine
    assert engine.is_settled(engine.draft(engine.parser.normalise(text))) == settled


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


def test_no_more_of_a_message_is_corrected_than_is_read(shipped: Matcher) -> None:
    corrected: list[str] = []

    class Watched(SpellingCorrector):
        def __call__(self, text: str) -> str:
            corrected.append(text)
            return super().__call__(text)

    speller = shipped.engine.correct_spelling
    watched = Watched(speller.general, speller.domain, speller.names, speller.common)
    matcher = replace(shipped, engine=replace(shipped.engine, correct_spelling=watched))
    matcher.decide("hezenmekan" * (MAX_MESSAGE_CHARACTERS // 10))
    assert corrected
    assert max(map(len, corrected)) <= MAX_QUERY_CHARACTERS
    assert len(corrected) == len(set(corrected))
