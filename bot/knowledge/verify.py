"""The rules that curated knowledge must keep beyond its schema, each a small function over the data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from bot.errors import Problem
from bot.knowledge.model import Absent, Entry, Knowledge
from bot.knowledge.unfinished import drafts_are_finished

Normalise: TypeAlias = Callable[[str], str]
Rule: TypeAlias = Callable[[Knowledge, Normalise], Iterator[Problem]]

MAX_QUOTED_LINES = 15
"""More than that in one answer is a transcript, not a quote."""
MAX_NARROW_POINTS = 5
MAX_NARROW_QUOTES = 3

_HAN = re.compile(r"[\u4e00-\u9fff]")


def askables(knowledge: Knowledge) -> Iterator[Entry | Absent]:
    """Yield everything that can be asked for."""
    for interview in knowledge.interviews:
        yield from interview.entries()
        yield from interview.absent


def place_of(item: Entry | Absent) -> str:
    """Name an entry or a topic with the place where it stands."""
    return f"'{item.id}' ({item.file}:{item.line})"


def ids_are_unique(knowledge: Knowledge, _: Normalise) -> Iterator[Problem]:
    """An id names one entry, or one absent topic, of its interview."""
    seen: dict[tuple[str, str], Entry | Absent] = {}
    for item in askables(knowledge):
        first = seen.setdefault((item.interview, item.id), item)
        if first is not item:
            message = f"the id '{item.id}' is taken by {first.file}:{first.line}; choose another"
            yield Problem(item.file, item.line, message)


def relations_lead_somewhere(knowledge: Knowledge, _: Normalise) -> Iterator[Problem]:
    """Every related or near entry exists, in the same interview, and isn't the entry itself."""
    for item in askables(knowledge):
        for other in item.related if isinstance(item, Entry) else item.near:
            if other == item.id:
                yield Problem(item.file, item.line, f"'{item.id}' is related to itself; remove it from its list")
            elif knowledge.entry(item.interview, other) is None:
                message = f"'{item.id}' names the entry '{other}', which doesn't exist; correct or remove it"
                yield Problem(item.file, item.line, message)


def phrasings_are_distinct(knowledge: Knowledge, normalise: Normalise) -> Iterator[Problem]:
    """No phrasing stands twice, be it under one entry or under two."""
    seen: dict[str, tuple[Entry | Absent, int]] = {}
    for item in askables(knowledge):
        own: set[str] = set()
        for phrasing in item.asked_as():
            key = normalise(phrasing.text)
            if not key:
                message = f"the phrasing '{phrasing.text}' has nothing left to match by; write it out"
                yield Problem(item.file, phrasing.line, message)
                continue
            first, line = seen.setdefault(key, (item, phrasing.line))
            if first is not item:
                message = (
                    f"the phrasing '{phrasing.text}' is also one of {place_of(first)}, line {line}; keep it under one"
                )
                yield Problem(item.file, phrasing.line, message)
            elif key in own:
                message = f"the phrasing '{phrasing.text}' stands in line {line} already; keep one"
                yield Problem(item.file, phrasing.line, message)
            own.add(key)


def answers_are_short(knowledge: Knowledge, _: Normalise) -> Iterator[Problem]:
    """An answer quotes few lines, and a narrow one keeps to few points and quotes."""
    for interview in knowledge.interviews:
        for entry in interview.entries():
            quoted = sum(quote.span.last - quote.span.first + 1 for quote in entry.quotes)
            if quoted > MAX_QUOTED_LINES:
                message = (
                    f"'{entry.id}' quotes {quoted} lines; {MAX_QUOTED_LINES} at most: quote what carries the points"
                )
                yield Problem(entry.file, entry.line, message)
            if not entry.broad and len(entry.points) > MAX_NARROW_POINTS:
                message = f"'{entry.id}' has {len(entry.points)} points; {MAX_NARROW_POINTS} at most, or 'broad: true'"
                yield Problem(entry.file, entry.line, message)
            if not entry.broad and len(entry.quotes) > MAX_NARROW_QUOTES:
                message = f"'{entry.id}' has {len(entry.quotes)} quotes; {MAX_NARROW_QUOTES} at most, or 'broad: true'"
                yield Problem(entry.file, entry.line, message)


def languages_are_kept_apart(knowledge: Knowledge, _: Normalise) -> Iterator[Problem]:
    """English texts hold no Chinese characters."""
    for interview in knowledge.interviews:
        for entry in interview.entries():
            texts = chain([entry.question], entry.points)
            phrasings = (phrasing.text for phrasing in entry.phrasings if phrasing.language == "en")
            for text in chain((text.en for text in texts), phrasings):
                if _HAN.search(text):
                    message = f"the English text '{text}' of '{entry.id}' holds Chinese characters; translate them"
                    yield Problem(entry.file, entry.line, message)


def aliases_are_distinct(knowledge: Knowledge, normalise: Normalise) -> Iterator[Problem]:
    """An alias means one term of the lexicon."""
    seen: dict[str, str] = {}
    for term in knowledge.lexicon:
        for alias in dict.fromkeys(map(normalise, (term.canonical, *term.aliases))):
            first = seen.setdefault(alias, term.id)
            if first != term.id:
                message = f"'{alias}' is an alias of '{first}' and of '{term.id}'; keep it under one"
                yield Problem(term.file, term.line, message)


RULES: tuple[Rule, ...] = (
    ids_are_unique,
    relations_lead_somewhere,
    phrasings_are_distinct,
    answers_are_short,
    languages_are_kept_apart,
    aliases_are_distinct,
    drafts_are_finished,
)


RULES_OF_PARTS = tuple(rule for rule in RULES if rule is not relations_lead_somewhere)
"""What can be said of knowledge that was read in part."""


def broken_rules(knowledge: Knowledge, normalise: Normalise, rules: Sequence[Rule] = RULES) -> Iterator[Problem]:
    """Yield every breach of `rules`."""
    for rule in rules:
        yield from rule(knowledge, normalise)
