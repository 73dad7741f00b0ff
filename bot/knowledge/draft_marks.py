"""The marks that a draft contains in the place of what a person writes, and the rule that none is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.errors import Problem
from bot.knowledge.model import Entry, Interview, Knowledge

MARK = "DRAFT"
"""Stands in every text that a person still has to write."""
NO_DATE = "0000"
"""Stands for the date that a person still has to look up."""


def drafts_are_finished(knowledge: Knowledge, _: object) -> Iterator[Problem]:
    """No mark of a draft is left."""
    for interview in knowledge.interviews:
        entries = list(interview.entries())
        left = list(_left_in_head(interview))
        if left and entries:
            file = Path(entries[0].file).with_name("interview.yaml").as_posix()
            yield Problem(file, 1, f"is still a draft: write the {_and(left)} where it says {MARK} or {NO_DATE}")
        for section in interview.sections:
            if MARK in section.title.zh + section.title.en:
                message = f"the title of '{section.id}' is still a draft; write it and take '{MARK}' out"
                yield Problem(section.entries[0].file, 1, message)
        for entry in entries:
            if left := list(_left_in_entry(entry)):
                message = f"'{entry.id}' is still a draft; write its {_and(left)} and take '{MARK}' out"
                yield Problem(entry.file, entry.line, message)
            if phrasing := next((phrasing for phrasing in entry.phrasings if MARK in phrasing.text), None):
                message = f"the wordings of '{entry.id}' are still a draft; write them and take '{MARK}' out"
                yield Problem(phrasing.file, phrasing.line, message)


def _left_in_head(interview: Interview) -> Iterator[str]:
    if MARK in interview.title.zh + interview.title.en:
        yield "title"
    if MARK in interview.source.zh + interview.source.en:
        yield "source"
    if interview.date == NO_DATE:
        yield "date"


def _left_in_entry(entry: Entry) -> Iterator[str]:
    if MARK in entry.question.zh + entry.question.en:
        yield "question"
    if any(MARK in point.zh + point.en for point in entry.points):
        yield "points"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
