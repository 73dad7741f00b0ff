"""Approved phrasings laid over the knowledge: the rules for files contain for them too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.errors import Problem
from bot.knowledge.model import Knowledge
from bot.knowledge.overlay import ApprovedPhrasing, with_phrasings
from bot.knowledge.verify import RULES, Normalise
from tests.builders import SECOND, knowledge_of, normaliser

KEEPER = "lighthouse/keeper"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return knowledge_of(SECOND)


def test_phrasings_are_put_under_their_entries(knowledge: Knowledge) -> None:
    learned = [ApprovedPhrasing(KEEPER, "谁来看着那盏灯呀"), ApprovedPhrasing(KEEPER, "who minds the lamp")]

    overlay = with_phrasings(knowledge, learned, normaliser())

    before, after = knowledge.by_key[KEEPER], overlay.knowledge.by_key[KEEPER]
    assert overlay.rejected == ()
    assert [(one.text, one.language, one.line) for one in after.phrasings[len(before.phrasings) :]] == [
        ("谁来看着那盏灯呀", "zh", 0),
        ("who minds the lamp", "en", 0),
    ]
    assert {key for key, entry in overlay.knowledge.by_key.items() if entry != knowledge.by_key[key]} == {KEEPER}
    assert overlay.knowledge.version == knowledge.version


def test_what_an_entry_has_already_adds_nothing(knowledge: Knowledge) -> None:
    question = knowledge.by_key[KEEPER].question.zh
    learned = [ApprovedPhrasing(KEEPER, question), ApprovedPhrasing(KEEPER, f"请问，{question}")]

    overlay = with_phrasings(knowledge, learned, normaliser())

    assert overlay.knowledge is knowledge
    assert overlay.rejected == ()


def test_the_same_phrasing_twice_is_added_once(knowledge: Knowledge) -> None:
    learned = [ApprovedPhrasing(KEEPER, "谁来看着那盏灯呀"), ApprovedPhrasing(KEEPER, "谁来看着那盏灯呀？")]

    entry = with_phrasings(knowledge, learned, normaliser()).knowledge.by_key[KEEPER]

    assert len(entry.phrasings) == len(knowledge.by_key[KEEPER].phrasings) + 1


def test_what_breaks_a_rule_is_left_out_with_the_reason(knowledge: Knowledge) -> None:
    other = next(entry for key, entry in knowledge.by_key.items() if key != KEEPER)
    topic = next(topic for interview in knowledge.interviews for topic in interview.not_covered)
    phrasings = [other.question.zh, topic.phrasings[0].text, "？！", "DRAFT: 谁"]
    learned = [ApprovedPhrasing(KEEPER, text) for text in phrasings] + [ApprovedPhrasing("lighthouse/gone", "灯呢")]

    overlay = with_phrasings(knowledge, learned, normaliser())

    assert overlay.knowledge is knowledge
    assert [one.reason for one in overlay.rejected] == [
        f"the phrasing '{other.question.zh}' is also one of '{other.id}' ({other.file}:{other.line})",
        f"the phrasing '{topic.phrasings[0].text}' is also one of '{topic.id}' ({topic.file}:{topic.line})",
        "the phrasing '？！' has nothing left to match by",
        "the phrasing 'DRAFT: 谁' holds 'DRAFT', which marks drafts",
        "the entry 'lighthouse/gone' is gone",
    ]


def test_a_rule_that_is_added_for_files_holds_for_approved_phrasings_too(knowledge: Knowledge) -> None:
    def questions_are_asked_quietly(found: Knowledge, _: Normalise) -> Iterator[Problem]:
        for phrasing in (one for entry in found.by_key.values() for one in entry.phrasings):
            if "!" in phrasing.text:
                yield Problem(phrasing.file, phrasing.line, f"'{phrasing.text}' is shouted; say it quietly")

    loud, quiet = ApprovedPhrasing(KEEPER, "who minds the lamp!"), ApprovedPhrasing(KEEPER, "谁来看着那盏灯呀")

    overlay = with_phrasings(knowledge, [loud, quiet], normaliser(), (*RULES, questions_are_asked_quietly))

    assert [(one.phrasing, one.reason) for one in overlay.rejected] == [(loud, "'who minds the lamp!' is shouted")]
    assert overlay.knowledge.by_key[KEEPER].phrasings[-1].text == quiet.text
