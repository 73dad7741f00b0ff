"""The shared lexicon and the interviews' own work together; where two contradict each other, both places are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import compose
from bot.configuration import Settings
from tests.builders import SECOND, SHIPPED, copy_of, knowledge_of, problems_of, write

BEEKEEPER = "terms:\n  - {id: baker, canonical: 面包师, aliases: [老周, Old Zhou], names: true}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of(SECOND, tmp_path / "knowledge")


@pytest.mark.slow
def test_an_interviews_own_words_are_understood(folder: Path, make_data_dir: Callable[[], Path]) -> None:
    write(folder, {"bakery/lexicon.yaml": BEEKEEPER})
    settings = Settings().model_copy(update={"knowledge_dir": folder, "data_dir": make_data_dir()})
    matcher = compose.matcher(settings)

    lexicon = matcher.engine.parser.lexicon
    assert lexicon.canonical("老周几点起床") == "面包师几点起床"
    assert "老周" in lexicon.names
    assert matcher.decide("老周几点起床").answers[0].entry.id == "early"


def test_a_term_may_be_continued_in_another_file(folder: Path) -> None:
    write(folder, {"bakery/lexicon.yaml": BEEKEEPER, "lighthouse/lexicon.yaml": BEEKEEPER.replace("老周", "周师傅")})
    assert problems_of(folder) == []
    aliases = [alias for term in knowledge_of(folder).lexicon if term.id == "baker" for alias in term.aliases]
    assert aliases == ["老周", "Old Zhou", "周师傅", "Old Zhou"]


def test_a_word_that_two_interviews_read_otherwise_is_told_with_both_places(folder: Path) -> None:
    other = "terms:\n  - {id: sailor, canonical: 水手, aliases: [老周]}\n"
    write(folder, {"bakery/lexicon.yaml": BEEKEEPER, "lighthouse/lexicon.yaml": other})
    (problem,) = problems_of(folder)
    place, _, told = problem.partition(": ")
    assert place == "lighthouse/lexicon.yaml:2"
    assert told == "'老周' is an alias of 'baker' (bakery/lexicon.yaml:2) and of 'sailor'; keep it under one"


def test_a_lexicon_is_part_of_the_content(folder: Path) -> None:
    before = knowledge_of(folder).version
    write(folder, {"bakery/lexicon.yaml": BEEKEEPER})
    assert knowledge_of(folder).version != before


def test_what_holds_for_one_shipped_interview_is_not_shared() -> None:
    terms = knowledge_of(SHIPPED).lexicon
    own = {alias for term in terms if "altman-a16z" in term.file for alias in (term.canonical, *term.aliases)}
    shared = {alias for term in terms if "altman-a16z" not in term.file for alias in (term.canonical, *term.aliases)}
    assert {"商业化", "奥特曼", "老奥", "大飞", "Erik", "a16z"} <= own - shared
    assert {"OpenAI", "核电", "人工智能"} <= shared
