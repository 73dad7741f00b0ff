"""The shipped knowledge against the transcript itself, read here without any of the bot's code."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest

from bot.knowledge.draft_marks import drafts_are_finished
from bot.knowledge.model import Entry, Interview, Knowledge
from bot.matching.matcher import Matcher
from tests.builders import SHIPPED

SHA256 = "b25e914063cde48cb0560b3f134fd6b8914f5ee7985b73f77b71555177806326"
TRANSCRIPT = SHIPPED / "altman-a16z" / "transcript.txt"
LINES = TRANSCRIPT.read_bytes().decode("utf-8").split("\n")

SPOKEN = {(18, 21): "torenberg", (35, 35): "altman", (137, 145): "altman", (148, 149): "altman", (164, 164): "altman"}
"""Lines that the transcript introduces as somebody's own words ("发出了一个疑惑", "回复", "他说道", "他的原话是")."""

ACROSS = ["whole-talk", "names-numbers"]
"""Sections for what people ask of the whole talk."""


@pytest.fixture
def knowledge(shipped: Matcher) -> Knowledge:
    return shipped.knowledge


@pytest.fixture
def interview(knowledge: Knowledge) -> Interview:
    return knowledge.interview_of["altman-a16z"]


@pytest.fixture
def entries(interview: Interview) -> list[Entry]:
    return list(interview.entries())


def test_the_transcript_is_the_one_that_was_published() -> None:
    assert hashlib.sha256(TRANSCRIPT.read_bytes()).hexdigest() == SHA256


def test_every_quote_is_verbatim_by_its_lines(entries: list[Entry]) -> None:
    for entry in entries:
        for quote in entry.quotes:
            quoted = quote.text.split("\n")
            lines = LINES[quote.span.first - 1 : quote.span.last]
            assert len(quoted) == len(lines), (entry.id, quote)
            assert quoted[1:-1] == lines[1:-1], (entry.id, quote)
            if len(lines) == 1:
                assert quoted[0] in lines[0], (entry.id, quote)
            else:
                assert lines[0].endswith(quoted[0]), (entry.id, quote)
                assert lines[-1].startswith(quoted[-1]), (entry.id, quote)


def test_the_knowledge_is_as_large_as_promised(entries: list[Entry]) -> None:
    assert 80 <= len(entries) <= 110
    for entry in entries:
        languages = [phrasing.language for phrasing in entry.phrasings]
        assert languages.count("zh") >= 8, entry.id
        assert languages.count("en") >= 4, entry.id
        assert entry.points
        assert entry.quotes
    assert any(entry.broad for entry in entries)


def test_nearly_every_substantive_line_is_covered(interview: Interview) -> None:
    covered = interview.substantive - len(interview.uncovered)
    assert covered / interview.substantive >= 0.97
    assert interview.substantive >= 200


def test_what_counts_as_covered_is_quoted(interview: Interview, entries: list[Entry]) -> None:
    quoted = {
        line for entry in entries for quote in entry.quotes for line in range(quote.span.first, quote.span.last + 1)
    }
    assert not quoted & set(interview.uncovered)
    assert interview.substantive <= sum(bool(line.strip()) for line in LINES)


def test_only_words_that_the_transcript_marks_are_shown_as_somebodys_own(entries: list[Entry]) -> None:
    for quote in (quote for entry in entries for quote in entry.quotes):
        lines = set(range(quote.span.first, quote.span.last + 1))
        spoken = [who for (first, last), who in SPOKEN.items() if lines <= set(range(first, last + 1))]
        in_marks = f"“{quote.text}”" in LINES[quote.span.first - 1]
        assert quote.speaker.id == (spoken[0] if spoken else "altman" if in_marks else "narrator"), quote


def test_altman_is_quoted_beside_the_narrator(entries: list[Entry]) -> None:
    assert {quote.speaker.id for entry in entries for quote in entry.quotes} >= {"narrator", "altman"}


def test_nothing_of_a_draft_is_left(knowledge: Knowledge) -> None:
    assert list(drafts_are_finished(knowledge, str)) == []


def test_sections_follow_the_transcript_and_those_across_it_come_last(interview: Interview) -> None:
    count = len(interview.sections) - len(ACROSS)
    assert [section.id for section in interview.sections[count:]] == ACROSS
    starts = [
        min(quote.span.first for entry in section.entries if not entry.broad for quote in entry.quotes)
        for section in interview.sections[:count]
    ]
    assert all(one < other for one, other in pairwise(starts[1:])), starts


def test_the_overview_of_the_talk_leads_to_the_overview_of_each_section(interview: Interview) -> None:
    overview = next(entry for entry in interview.entries() if entry.id == "interview-overview")
    for section in interview.sections[1 : -len(ACROSS)]:
        assert {entry.id for entry in section.entries if entry.broad} & set(overview.related), section.id


def test_what_sums_up_the_whole_talk_quotes_from_all_over_it(interview: Interview) -> None:
    overviews = (entry for section in interview.sections[-len(ACROSS) :] for entry in section.entries if entry.broad)
    for entry in overviews:
        assert len(entry.quotes) > 1, entry.id
        assert len({quote.span.first for quote in entry.quotes}) == len(entry.quotes), entry.id
