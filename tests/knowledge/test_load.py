"""What a loaded snapshot contains: entries with the places of their quotes, speakers, coverage, a version."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from tests.builders import SECOND, copy_of, edit, knowledge_of, normaliser, problems_of, write


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return knowledge_of(SECOND)


def test_interviews_stand_side_by_side_and_may_share_ids(knowledge: Knowledge) -> None:
    assert [interview.id for interview in knowledge.interviews] == ["bakery", "lighthouse"]
    lighthouse, bakery = knowledge.entry("lighthouse", "keeper"), knowledge.entry("bakery", "keeper")
    assert lighthouse is not None
    assert bakery is not None
    assert lighthouse.question.zh == "灯塔的守塔人是谁？"
    assert bakery.question.en == "How old is the sourdough and how is it fed?"
    assert knowledge.entry("bakery", "storm") is None


def test_an_entry_keeps_what_its_curator_wrote(knowledge: Knowledge) -> None:
    entry = knowledge.by_key["lighthouse/storm"]
    assert (entry.section, entry.broad, entry.related) == ("tower", False, ("why-keep",))
    assert [point.of("zh-Hant") for point in entry.points] == ["塔身会摇，他把自己绑在楼梯上。", "他说怕也没有用。"]
    assert [(phrasing.text, phrasing.language) for phrasing in entry.asked_as()][:3] == [
        ("台风来了守塔人怎么办？", "zh"),
        ("What does the keeper do in a typhoon?", "en"),
        ("刮台风的时候塔会摇吗", "zh"),
    ]
    lines = Path(entry.file).read_text(encoding="utf-8").split("\n")
    assert lines[entry.line - 1] == "  - id: storm"
    for phrasing in entry.phrasings:
        assert phrasing.file.endswith("lighthouse/01-tower.phrasings.txt")
        assert Path(phrasing.file).read_text(encoding="utf-8").split("\n")[phrasing.line - 1] == phrasing.text


def test_related_entries_come_in_the_curators_order(knowledge: Knowledge) -> None:
    assert [entry.id for entry in knowledge.related(knowledge.by_key["lighthouse/why-keep"])] == ["keeper", "storm"]


def test_sections_come_in_the_order_of_the_interview_and_not_of_the_files(tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    edit(folder / "lighthouse" / "interview.yaml", "[tower, future]", "[future, tower]")
    sections = knowledge_of(folder).interview_of["lighthouse"].sections
    assert [section.id for section in sections] == ["future", "tower"]


def test_a_quote_knows_its_lines(knowledge: Knowledge) -> None:
    quotes = knowledge.by_key["lighthouse/storm"].quotes
    assert [(quote.span.first, quote.span.last) for quote in quotes] == [(15, 16), (18, 18)]
    assert quotes[0].text == "塔身会摇\n他就把自己绑在楼梯上"


def test_a_quote_may_begin_and_end_inside_lines_and_leave_breaks_out(tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    edit(folder / "bakery" / "01-bread.yaml", "- text: 面包师每天三点起床", "- text: 三点起床他用的酸种")
    (quote,) = knowledge_of(folder).by_key["bakery/early"].quotes
    assert (quote.text, quote.span.first, quote.span.last) == ("三点起床\n他用的酸种", 1, 2)


def test_words_that_stand_twice_are_found_by_their_line(tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    quoted = "- text: 面包师每天三点起床"
    edit(folder / "bakery" / "01-bread.yaml", quoted, "- text: 喂\n        line: 4")
    (quote,) = knowledge_of(folder).by_key["bakery/early"].quotes
    assert (quote.text, quote.span.first) == ("喂", 4)


@pytest.mark.parametrize(
    ("entry", "speakers"),
    [("why-keep", ["lin"]), ("storm", ["narrator", "lin"]), ("keeper", ["narrator"])],
)
def test_words_are_anothers_own_only_where_that_is_marked(
    entry: str, speakers: list[str], knowledge: Knowledge
) -> None:
    quotes = knowledge.by_key[f"lighthouse/{entry}"].quotes
    assert [quote.speaker.id for quote in quotes] == speakers


def test_a_quote_that_reaches_beyond_the_marked_words_is_the_narrators(tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    words = "灯不能灭，船上的人在看着"
    edit(folder / "lighthouse" / "01-tower.yaml", f"- text: {words}", f"- text: 他说道“{words}”")
    (quote,) = knowledge_of(folder).by_key["lighthouse/why-keep"].quotes
    assert quote.speaker.id == "narrator"


def test_coverage_counts_the_substantive_lines_that_nobody_quotes(knowledge: Knowledge) -> None:
    lighthouse, bakery = knowledge.interview_of["lighthouse"], knowledge.interview_of["bakery"]
    assert (lighthouse.substantive, lighthouse.uncovered) == (20, (2, 7, 14))
    assert (bakery.substantive, bakery.uncovered) == (5, (5,))


def test_absent_topics_belong_to_their_interview(knowledge: Knowledge) -> None:
    topics = knowledge.interview_of["lighthouse"].not_covered
    assert [(topic.key, topic.near) for topic in topics] == [
        ("lighthouse/!wages", ("keeper",)), ("lighthouse/!height", ()),
    ]  # fmt: skip
    assert topics[0].about.en == "what the keeper earns"
    assert knowledge.interview_of["bakery"].not_covered == ()


def test_the_lexicon_holds_for_all_interviews(knowledge: Knowledge) -> None:
    assert [(term.id, term.is_name) for term in knowledge.lexicon] == [
        ("keeper", False), ("lin", True), ("sourdough", False),
    ]  # fmt: skip


def test_a_snapshot_cant_be_changed(knowledge: Knowledge) -> None:
    with pytest.raises(FrozenInstanceError):
        knowledge.version = "other"  # type: ignore[misc]  # that is what is refused


def test_the_version_is_the_contents(tmp_path: Path, knowledge: Knowledge) -> None:
    folder = copy_of(SECOND, tmp_path / "elsewhere")
    assert load(folder, normaliser()).version == knowledge.version
    write(folder, {"notes.md": "no knowledge", "vectors.npz": b"\0"})
    (folder / "lexicon.yaml").touch()
    assert load(folder, normaliser()).version == knowledge.version
    edit(folder / "bakery" / "01-bread.yaml", "每天三点。", "每天凌晨三点。")
    changed = load(folder, normaliser()).version
    assert changed != knowledge.version
    assert len(changed) == len(knowledge.version) == 12


def test_phrasings_are_compared_as_the_matcher_reads_them(tmp_path: Path) -> None:
    folder = copy_of(SECOND, tmp_path / "knowledge")
    edit(folder / "bakery" / "01-bread.phrasings.txt", "做面包要起多早", "請問　守塔人叫什麼名字？！")
    (problem,) = problems_of(folder)
    assert "is also one of 'early' (bakery/01-bread.phrasings.txt:7)" in problem
    assert len(load(folder, str).interviews) == 2
