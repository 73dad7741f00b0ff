"""The one door: questions in, replies out; the knowledge behind it is swapped whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot import compose
from bot.answers.assistant import Assistant, ExtendedMatcher, difference
from bot.answers.conversation import CONVERSATION_SECONDS
from bot.answers.reply import Question, RepliedAnswer, Reply
from bot.configuration import Settings
from bot.errors import KnowledgeError
from bot.knowledge.model import Knowledge, Language
from bot.knowledge.overlay import ApprovedPhrasing
from bot.matching.matcher import Matcher
from tests.builders import SECOND, Prebuilt, copy_of, edit, knowledge_of


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def assistant(second: Matcher, clock: Clock) -> Assistant:
    return Assistant(Prebuilt(second), SECOND, clock)


def ids(reply: Reply) -> list[str]:
    return [scored.entry.key for scored in reply.answers]


def test_a_question_is_answered_with_its_entry(assistant: Assistant) -> None:
    reply = assistant.reply(Question("灯塔的守塔人是谁？"))
    assert (reply.question, reply.status, reply.language) == ("灯塔的守塔人是谁？", "answered", "zh")
    assert ids(reply) == ["lighthouse/keeper"]
    assert reply.answers[0].score > 0.9
    assert reply.took_ms > 0


@pytest.mark.parametrize(
    ("text", "curated"),
    [
        ("灯塔的守塔人是谁？", True),
        ("  灯塔的守塔人是谁", True),
        ("灯塔的守塔人是谁呀他住哪里", False),
        ("", False),
        ("灯塔的守塔人是谁？" * 100, False),
    ],
)
def test_a_phrasing_is_known_before_it_is_answered(assistant: Assistant, text: str, *, curated: bool) -> None:
    assert assistant.answers_at_once(Question(text)) == curated


@pytest.mark.parametrize(("is_offer", "at_once"), [(False, True), (True, False)])
def test_a_phrasing_below_suggestions_may_be_searched_for_with_the_question_before_it(
    assistant: Assistant, *, is_offer: bool, at_once: bool
) -> None:
    about = RepliedAnswer(("lighthouse/keeper",), is_offer=is_offer, unanswered="海边的塔")
    assert assistant.answers_at_once(Question("灯塔有多高？", about=about)) == at_once


def test_what_is_known_not_to_be_covered_is_said(assistant: Assistant) -> None:
    reply = assistant.reply(Question("灯塔有多高？"))
    assert (reply.status, ids(reply)) == ("unknown", [])
    assert reply.decision.not_covered is not None
    assert reply.decision.not_covered.id == "height"


def test_a_reply_holds_what_the_matcher_decided(assistant: Assistant, second: Matcher) -> None:
    assert assistant.reply(Question("灯塔有多高？")).decision == second.decide("灯塔有多高？")


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_a_reply_in_another_language_says_the_same(language: Language, second: Matcher) -> None:
    decision = second.decide("灯塔的守塔人是谁？")
    reply = Reply("灯塔的守塔人是谁？", decision, took_ms=1.5).in_language(language)
    assert reply == Reply("灯塔的守塔人是谁？", replace(decision, language=language), took_ms=1.5)


def test_why_a_phrasing_is_rejected_is_known_without_building_a_matcher(second: Matcher) -> None:
    built: list[Knowledge] = []

    class Counting(Prebuilt):
        def with_approved(self, knowledge: Knowledge, approved: Sequence[ApprovedPhrasing]) -> ExtendedMatcher:
            built.append(knowledge)
            return super().with_approved(knowledge, approved)

    assistant = Assistant(Counting(second), SECOND)
    built.clear()
    assert assistant.rejection_of(ApprovedPhrasing("lighthouse/keeper", "谁在看灯")) is None
    reason = assistant.rejection_of(ApprovedPhrasing("lighthouse/gone", "谁在看灯"))
    assert reason == "the entry 'lighthouse/gone' is gone"
    assert built == []


def test_a_reload_builds_one_matcher_and_the_same_approved_phrasings_none(second: Matcher) -> None:
    built: list[Sequence[ApprovedPhrasing]] = []

    class Counting(Prebuilt):
        def with_approved(self, knowledge: Knowledge, approved: Sequence[ApprovedPhrasing]) -> ExtendedMatcher:
            built.append(approved)
            return super().with_approved(knowledge, approved)

        def read(self, folder: Path) -> Knowledge:
            return replace(super().read(folder))

    assistant = Assistant(Counting(second), SECOND)
    approved = [ApprovedPhrasing("lighthouse/keeper", "谁在看灯")]
    assistant.set_approved([])
    assert built == [()]
    assistant.set_approved(approved)
    assistant.set_approved(approved)
    assert built == [(), approved]
    assistant.adopt(SECOND)
    assert built == [(), approved, tuple(approved)]


def test_small_talk_and_language_come_through(assistant: Assistant) -> None:
    reply = assistant.reply(Question("👍👍 hi", language_hint="en"))
    assert (reply.status, reply.decision.smalltalk, reply.language) == ("smalltalk", "greeting", "en")
    assert assistant.reply(Question("誰是守塔人")).language == "zh-Hant"


def test_a_follow_up_is_read_in_its_conversation_alone(assistant: Assistant) -> None:
    assistant.reply(Question("灯塔用过哪些光源？", "a"))
    follow_up = assistant.reply(Question("第二个呢", "a"))
    assert (ids(follow_up), follow_up.focus) == (["lighthouse/lamp"], 1)
    assert ids(assistant.reply(Question("还有呢", "a"))) == ["lighthouse/panels"]
    assert assistant.reply(Question("第二个呢", "b")).focus is None
    assert assistant.reply(Question("第二个呢")).focus is None


def test_a_reply_to_an_answer_turns_the_conversation_to_it(assistant: Assistant) -> None:
    assistant.reply(Question("台风来了怎么办", "a"))
    about = RepliedAnswer(("lighthouse/gone", "lighthouse/lamp"))

    follow_up = assistant.reply(Question("第二个呢", "a", about=about))

    assert (ids(follow_up), follow_up.focus) == (["lighthouse/lamp"], 1)
    assert ids(assistant.reply(Question("还有呢", "a"))) == ["lighthouse/panels"]
    assert ids(assistant.reply(Question("第二个呢", about=about))) == ["lighthouse/lamp"]


def test_a_reply_to_an_offer_leaves_the_conversation_as_it_was(assistant: Assistant) -> None:
    assistant.reply(Question("灯塔用过哪些光源？", "a"))
    offer = RepliedAnswer(("lighthouse/keeper", "lighthouse/storm"), is_offer=True, unanswered="守塔人")

    assert assistant.reply(Question("谢谢", "a", about=offer)).status == "smalltalk"
    assert assistant.reply(Question("第二个呢", "a")).focus == 1
    assert ids(assistant.reply(Question("第二个", "b", about=offer))) == ["lighthouse/storm"]
    assert assistant.reply(Question("第九个", "c", about=offer)).status != "answered"


@pytest.mark.parametrize("about", [RepliedAnswer(("lighthouse/gone",)), RepliedAnswer((), is_offer=True)])
def test_a_reply_to_what_is_gone_is_read_in_its_conversation(assistant: Assistant, about: RepliedAnswer) -> None:
    assistant.reply(Question("灯塔用过哪些光源？", "a"))

    assert assistant.reply(Question("第二个呢", "a", about=about)).focus == 1


def test_a_quoted_point_is_what_a_reply_is_about(assistant: Assistant) -> None:
    about = RepliedAnswer(("lighthouse/storm", "lighthouse/lamp"), quoted="再后来是太阳能")

    words = assistant.reply(Question("原话呢", about=about))

    assert (ids(words), words.focus) == (["lighthouse/lamp"], 2)


def test_an_old_conversation_is_over(assistant: Assistant, clock: Clock) -> None:
    assistant.reply(Question("灯塔用过哪些光源？", "a"))
    clock.now += CONVERSATION_SECONDS + 1
    assert assistant.reply(Question("第二个呢", "a")).focus is None


def test_the_same_question_gets_the_same_reply(assistant: Assistant) -> None:
    first, second = (replace(assistant.reply(Question("台风来了怎么办")), took_ms=0) for _ in range(2))
    assert first == second


@pytest.fixture(scope="module")
def reloadable(tmp_path_factory: pytest.TempPathFactory, make_data_dir: Callable[[], Path]) -> tuple[Path, Assistant]:
    """Return a folder to edit, and the assistant that serves it."""
    folder = copy_of(SECOND, tmp_path_factory.mktemp("reload") / "knowledge")
    return folder, compose.assistant(Settings(knowledge_dir=folder, data_dir=make_data_dir()))


def test_a_reload_swaps_the_knowledge_and_a_failed_one_keeps_it(reloadable: tuple[Path, Assistant]) -> None:
    folder, assistant = reloadable
    old = assistant.knowledge
    bread = folder / "bakery" / "01-bread.yaml"
    edit(bread, "- text: 面包师每天三点起床", "- text: 面包师每天五点起床")
    edit(bread, "每天三点。", "每天凌晨三点。")
    with pytest.raises(KnowledgeError, match="面包师每天五点起床"):
        assistant.reload()
    assert assistant.knowledge is old
    assert assistant.reply(Question("面包师几点起床？")).answers[0].entry.points[0].zh == "每天三点。"

    edit(bread, "- text: 面包师每天五点起床", "- text: 面包师每天三点起床")
    change = assistant.reload()
    assert (change.added, change.removed, change.changed) == ((), (), ("bakery/early",))
    assert change.version == assistant.knowledge.version != old.version
    assert assistant.reply(Question("面包师几点起床？")).answers[0].entry.points[0].zh == "每天凌晨三点。"


def test_a_change_is_told_entry_by_entry(tmp_path: Path) -> None:
    old = knowledge_of(SECOND)
    folder = copy_of(SECOND, tmp_path / "knowledge")
    edit(folder / "bakery" / "01-bread.yaml", "- id: early", "- id: rising")
    edit(folder / "bakery" / "01-bread.phrasings.txt", "[early]", "[rising]")
    edit(folder / "lighthouse" / "01-tower.yaml", "related: [panels]", "related: [panels, storm]")
    edit(folder / "lighthouse" / "02-future.yaml", "section: future\n", "# only moved\n\nsection: future\n")
    change = difference(old, knowledge_of(folder))
    assert change.added == ("bakery/rising",)
    assert change.removed == ("bakery/early",)
    assert change.changed == ("lighthouse/lamp",)


def test_equal_folders_dont_differ(tmp_path: Path) -> None:
    change = difference(knowledge_of(SECOND), knowledge_of(copy_of(SECOND, tmp_path / "knowledge")))
    assert (change.added, change.removed, change.changed) == ((), (), ())
