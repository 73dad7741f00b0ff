"""A snapshot tried on its own phrasings: what must not be served, and what a curator is warned of."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process

from bot.errors import Problem
from bot.matching.matcher import Matcher

NEARLY_SAME = 92.0
"""Similarity in percent (Indel, on canonical text) from which two phrasings of different entries are one too many."""


def failures(matcher: Matcher) -> Iterator[Problem]:
    """Yield the entries that their own canonical question doesn't find: with those nobody could be answered."""
    for interview in matcher.knowledge.interviews:
        for entry in interview.entries():
            for question in (entry.question.zh, entry.question.en):
                decision = matcher.decide(question)
                if not decision.answers or decision.answers[0].entry.key != entry.key:
                    message = f"'{entry.id}' isn't found by its own question '{question}'; make it clearer"
                    yield Problem(entry.file, entry.line, message)


def warnings(matcher: Matcher) -> Iterator[Problem]:
    """Yield the phrasings that don't find their own entry first, and near-duplicates of different entries."""
    yield from _strays(matcher)
    yield from _near_duplicates(matcher)


def _strays(matcher: Matcher) -> Iterator[Problem]:
    for interview in matcher.knowledge.interviews:
        for entry in interview.entries():
            for phrasing in entry.asked_as():
                decision = matcher.decide(phrasing.text)
                first = decision.answers[0].entry if decision.answers else None
                if first is None or first.key != entry.key:
                    found = first.id if first is not None else decision.status
                    message = f"'{phrasing.text}' finds {found} instead of '{entry.id}'; make it clearer, or move it"
                    yield Problem(phrasing.file or entry.file, phrasing.line, message)


def _near_duplicates(matcher: Matcher) -> Iterator[Problem]:
    catalogue = matcher.engine.catalogue
    owners = [(item, phrasing) for item in catalogue.items for phrasing in item.asked_as()]
    for number, text in enumerate(catalogue.canonical):
        later = catalogue.canonical[number + 1 :]
        for _, score, offset in process.extract(text, later, scorer=fuzz.ratio, score_cutoff=NEARLY_SAME, limit=None):
            other = number + 1 + offset
            (item, phrasing), (second_item, second) = owners[number], owners[other]
            if item is second_item or text == "":
                continue
            message = (
                f"'{phrasing.text}' is {score:.0f}% the same as '{second.text}' of '{second_item.id}' "
                f"({second.file or second_item.file}:{second.line}); drop one, or tell them apart"
            )
            yield Problem(phrasing.file or item.file, phrasing.line, message)
