"""A draft keeps the transcript's words, covers all of it, and isn't taken for finished work."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import KnowledgeError, Problem
from bot.knowledge.draft import draft, identifier
from bot.knowledge.draft_marks import MARK, drafts_are_finished
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from tests.builders import ROOT

SHIPPED = ROOT / "knowledge" / "altman-a16z" / "transcript.txt"
LEXICON = "terms:\n  - {id: tea, canonical: 茶, aliases: [茶叶]}\n"


def written(text: str, folder: Path, finish: Sequence[tuple[str, str]] = ()) -> Path:
    """Write the draft of a transcript into `folder`, with replacements as a person would make them."""
    transcript = folder / "raw.txt"
    transcript.write_bytes(text.encode())
    knowledge = folder / "knowledge"
    (knowledge / "talk").mkdir(parents=True)
    (knowledge / "lexicon.yaml").write_text(LEXICON, encoding="utf-8")
    for name, content in draft(transcript).items():
        changed = content.decode()
        for old, new in finish if name != "transcript.txt" else ():
            changed = changed.replace(old, new)
        (knowledge / "talk" / name).write_bytes(changed.encode())
    return knowledge


FINISHED = ((MARK, "done"), ('"0000"', '"2024"'))


def finished(text: str, folder: Path) -> Knowledge:
    return load(written(text, folder, FINISHED), str)


def problems(folder: Path) -> Sequence[Problem]:
    try:
        return tuple(drafts_are_finished(load(folder, str), str))
    except KnowledgeError as refused:
        return refused.problems


def test_the_shipped_transcript_becomes_a_sensible_draft(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    (interview,) = finished(text, tmp_path).interviews
    assert interview.transcript.text == text
    assert interview.uncovered == ()
    assert 5 <= len(interview.sections) <= 20
    entries = list(interview.entries())
    assert 30 <= len(entries) <= 80
    assert max(quote.span.last - quote.span.first + 1 for entry in entries for quote in entry.quotes) <= 8


def test_an_unfinished_draft_is_refused_with_what_is_left_to_do(tmp_path: Path) -> None:
    folder = written("大家好\n今天聊茶\n", tmp_path)
    phrasings, first, second, third = sorted(problems(folder))
    assert (Path(phrasings.file).name, phrasings.line) == ("01-part-1.phrasings.txt", 5)
    assert phrasings.message == "the wordings of 'part-1-1' are still a draft; write them and take 'DRAFT' out"
    assert first.file.endswith("talk/01-part-1.yaml")
    assert first.message == "the title of 'part-1' is still a draft; write it and take 'DRAFT' out"
    assert second.message == "'part-1-1' is still a draft; write its question and points and take 'DRAFT' out"
    assert third.file.endswith("talk/interview.yaml")
    assert third.message == "is still a draft: write the title, source and date where it says DRAFT or 0000"


@pytest.mark.parametrize(
    ("left", "named"),
    [
        ('en: "DRAFT: title of the interview"', "title"),
        ('en: "DRAFT: where the transcript comes from"', "source"),
        ('"0000"', "date"),
        ('en: "DRAFT: title of this part"', "'part-1'"),
        ('en: "DRAFT: which question does part-1-1 answer?"', "question"),
        ("DRAFT: how people ask for part-1-1", "wordings"),
        ('en: "DRAFT: a point of part-1-1"', "points"),
    ],
)
def test_one_text_left_is_enough_to_refuse_it(left: str, named: str, tmp_path: Path) -> None:
    folder = written("大家好\n今天聊茶\n", tmp_path, ((left, "KEPT"), *FINISHED, ("KEPT", left)))
    (problem,) = problems(folder)
    assert named in problem.message


def test_sections_and_entries_begin_where_the_talk_turns(tmp_path: Path) -> None:
    words = "甲乙丙丁戊己庚辛壬癸子丑寅"
    lines = [f"水的{word}" for word in words] + ["接下来谈到了茶"] + [f"茶的{word}" for word in words]
    lines += ["首先要说水", "水要热", "壶要好"]
    (interview,) = finished("\n".join(lines), tmp_path).interviews
    starts = [section.entries[0].quotes[0].text.split("\n")[0] for section in interview.sections]
    assert starts == ["水的甲", "接下来谈到了茶"]
    assert interview.sections[1].entries[-1].quotes[0].text == "首先要说水\n水要热\n壶要好"


def test_words_that_stand_twice_say_where(tmp_path: Path) -> None:
    text = "\n\n".join(["甲\n乙\n丙"] * 6)
    (interview,) = finished(text, tmp_path).interviews
    firsts = [quote.span.first for entry in interview.entries() for quote in entry.quotes]
    assert firsts == sorted(set(firsts))
    assert interview.uncovered == ()


LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)


TRANSCRIPTS = (
    st.lists(LINES, min_size=1, max_size=60)
    .map("\n".join)
    .filter(lambda text: text.strip() and not text.startswith("\ufeff") and MARK not in text)
)


@given(TRANSCRIPTS)
@example("  indented\n\ttabbed\n# no comment\n- no: list\n'\"\\\n\u2028\x85\x00\ufeff🍵 \n")
@example("only one line")
def test_any_transcript_becomes_a_draft_that_quotes_all_of_it(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (interview,) = finished(text, Path(folder)).interviews
    assert interview.transcript.text == text
    assert interview.uncovered == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("My Talk (2024)", "my-talk-2024"), ("访谈", ""), ("a" * 50, "a" * 40), ("--", ""), ("访谈-x", "x")],
)
def test_identifiers_are_made_of_plain_letters(name: str, expected: str) -> None:
    assert identifier(name) == expected
