"""What readers of traditional Chinese see, in the bot's own words and in curated ones; and what they may ask."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import opencc
import pytest

from bot.answers.curated_texts import localized, traditional
from bot.answers.traditional import read_traditional
from bot.configuration import CONFIG
from bot.errors import SettingsError
from bot.knowledge.model import Bilingual, Interview
from bot.matching.matcher import Matcher
from bot.text import read_texts
from tests.builders import CASES, cases

WORDS = CONFIG / "traditional.toml"
NEVER = [
    line
    for line in (CASES / "never_in_traditional.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def curated(interview: Interview) -> Iterator[Bilingual]:
    """Yield every text of an interview that is shown, but quotes."""
    yield interview.title
    yield interview.source
    for section in interview.sections:
        yield section.title
    for entry in interview.entries():
        yield entry.question
        yield from entry.points
        yield from (quote.speaker.name for quote in entry.quotes)
    yield from (topic.about for topic in interview.not_covered)


@pytest.mark.parametrize("case", cases("traditional"))
def test_curated_words_are_written_as_both_places_write_them(case: dict[str, Any]) -> None:
    assert traditional()(case["text"]) == case["expected"]


def test_no_curated_text_holds_a_word_of_the_mainland_or_a_mistake_of_converting(shipped: Matcher) -> None:
    texts = [localized(text, "zh-Hant") for interview in shipped.knowledge.interviews for text in curated(interview)]

    assert [(word, text) for text in texts for word in NEVER if word in text] == []


def test_no_wording_of_the_bot_holds_one_either() -> None:
    texts = read_texts(CONFIG / "texts").by_language["zh-Hant"]

    assert [(word, key) for key, text in texts.items() for word in NEVER if word in text] == []


def test_every_listed_word_is_simplified_and_listed_once() -> None:
    groups = tomllib.loads(WORDS.read_text(encoding="utf-8"))["words"]
    counts = Counter(word for group in groups.values() for word in group)
    simplify = opencc.OpenCC("t2s").convert

    assert [word for word, count in counts.items() if count > 1 or simplify(word) != word] == []


@pytest.mark.parametrize("case", cases("traditional_questions"))
def test_questions_in_the_words_of_taiwan_and_hong_kong_find_their_entry(
    shipped: Matcher, case: dict[str, Any]
) -> None:
    decision = shipped.decide(case["q"])

    assert (decision.status, decision.language) == ("answered", "zh-Hant")
    assert decision.answers[0].entry.id == case["entry"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "can't be read"),
        ("[words", "can't be read"),
        ("[words.a]\n'视频' = 1\n[characters]\n", "'视频' isn't a word with another in quotes"),
        ("[words.a]\n'' = ''\n[characters]\n", "'' isn't a word with another in quotes"),
        ("[words]\n[characters]\n'视频' = '影片'\n", "'视频' under [characters] isn't one character"),
    ],
    ids=["empty", "malformed", "number", "nothing", "more-than-a-character"],
)
def test_a_bad_list_of_words_is_told_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "traditional.toml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError) as rejected:
        read_traditional(path)

    assert f"{path}: {said}" in str(rejected.value)
    assert "\n" not in str(rejected.value)


def test_without_listed_words_characters_alone_are_converted(tmp_path: Path) -> None:
    path = tmp_path / "traditional.toml"
    path.write_text("[words]\n[characters]\n", encoding="utf-8")

    assert read_traditional(path)("视频里的台词") == "視頻裡的臺詞"
