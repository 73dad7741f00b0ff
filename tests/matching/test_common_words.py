"""A word that everybody uses isn't taken for a name, and one word alone claims no answer by chance."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.configuration import CONFIG
from bot.errors import SettingsError
from bot.matching.english import CommonEnglish, read_english
from bot.matching.matcher import Matcher
from tests.builders import cases

LIST = CONFIG / "matching" / "english.txt"
RARER = CONFIG / "matching" / "rarer_english.txt"
ENGLISH, CHINESE, PARTS = 500, 300, 8
EVERYDAY = [case.values[0] for case in cases("everyday_words")]
"""Words that are frequent in any text, at random in English and the commonest of Chinese, and why a few are a topic."""


def strangers(words: Iterable[str], matcher: Matcher) -> list[str]:
    """Return the words that no text of the knowledge and no alias contains, in any form."""
    parser, index = matcher.engine.parser, matcher.engine.catalogue.index
    return [
        word
        for word in words
        if word not in parser.lexicon.canonical_of
        and not any(f"w:{part}" in index.vocabulary for part in parser.parse_normalised(parser.normalise(word)).words)
    ]


@pytest.fixture(scope="module")
def drawn(shipped: Matcher) -> list[str]:
    """Return some everyday words of each language that the knowledge lacks, the same in every run."""
    english = sorted(read_english(LIST).bases)
    everyday = shipped.engine.correct_spelling.general.everyday
    chinese = sorted(word for word in everyday if len(word) > 1)
    chance = random.Random(19)  # noqa: S311  # no secret
    return chance.sample(strangers(english, shipped), ENGLISH) + chance.sample(strangers(chinese, shipped), CHINESE)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("part", range(PARTS))
def test_no_common_word_that_the_knowledge_lacks_is_answered(part: int, drawn: list[str], shipped: Matcher) -> None:
    answered = [word for word in drawn[part::PARTS] if shipped.decide(word).status == "answered"]
    assert answered == []


@pytest.mark.parametrize("case", cases("common_words"))
def test_a_word_without_a_topic_is_not_answered(case: dict[str, Any], shipped: Matcher) -> None:
    assert shipped.decide(case["text"]).status != "answered"


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("part", range(PARTS))
def test_an_everyday_word_is_answered_only_where_it_is_a_topic(part: int, shipped: Matcher) -> None:
    words = [case for case in EVERYDAY if "topic" not in case][part::PARTS]
    assert [case["text"] for case in words if shipped.decide(case["text"]).status == "answered"] == []


@pytest.mark.parametrize("case", [case for case in EVERYDAY if "topic" in case], ids=lambda case: case["id"])
def test_an_everyday_word_that_is_a_topic_is_found(case: dict[str, Any], shipped: Matcher) -> None:
    assert shipped.decide(case["text"]).status in {"answered", "suggested"}, case["topic"]


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("path", [LIST, RARER], ids=["common", "rarer"])
def test_no_word_or_name_of_english_is_repaired(path: Path, shipped: Matcher) -> None:
    english = sorted(read_english(path).bases)
    repaired = [word for word in english if shipped.engine.correct_spelling(word) != word]
    assert len(english) > 10_000
    assert repaired == []


@pytest.mark.slow
@pytest.mark.no_cover
def test_no_common_word_of_chinese_is_repaired(shipped: Matcher) -> None:
    correct = shipped.engine.correct_spelling
    assert len(correct.general.everyday) > 10_000
    assert [word for word in correct.general.everyday if correct(word) != word] == []


@pytest.mark.parametrize("word", ["sora", "altman", "openai", "nvidia", "oracle", "核能", "能源", "奥特曼"])
def test_a_name_of_the_knowledge_alone_is_still_a_topic(word: str, shipped: Matcher) -> None:
    assert shipped.decide(word).status in {"answered", "suggested"}


@pytest.mark.parametrize(
    ("word", "common"),
    [("cookie", True), ("cookies", True), ("unsubscribe", True), ("stopped", True), ("happily", True),
     ("carries", True), ("sorra", False), ("saltman", False), ("nulcear", False), ("s", False), ("", False)],
)  # fmt: skip
def test_a_form_of_a_common_word_is_common(word: str, *, common: bool) -> None:
    assert (word in read_english(LIST)) is common


@pytest.mark.parametrize("path", [LIST, RARER], ids=["common", "rarer"])
def test_a_list_names_its_source_and_holds_no_word_twice(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    words = [line for line in text.splitlines() if not line.startswith("#")]
    assert "SCOWL" in text
    assert words == sorted(set(words))
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


def test_no_word_stands_in_both_lists() -> None:
    assert read_english(LIST).bases.isdisjoint(read_english(RARER).bases)


def test_several_lists_are_read_as_one(tmp_path: Path) -> None:
    for word in ("cookie", "nora"):
        (tmp_path / word).write_text(f"{word}\n", encoding="utf-8")
    assert read_english(tmp_path / "cookie", tmp_path / "nora") == CommonEnglish(frozenset({"cookie", "nora"}))


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"english\.txt: can't be read as a list of words"):
        read_english(tmp_path / "english.txt")


def test_comments_are_no_words(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("# source\ncookie\n\nword\n", encoding="utf-8")
    assert read_english(tmp_path / "words.txt") == CommonEnglish(frozenset({"cookie", "word"}))


@pytest.mark.parametrize("case", cases("ways_of_typing"))
def test_chinese_is_understood_however_it_is_typed(case: dict[str, Any], shipped: Matcher) -> None:
    decision = shipped.decide(case["text"])
    assert decision.status == "answered"
    assert decision.answers[0].entry.id in case["entries"]
    assert decision.language == case["language"]
