"""The rules that curated knowledge must keep beyond its schema, each a small function over the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from bot.errors import Problem
from bot.knowledge.draft_marks import drafts_are_finished
from bot.knowledge.model import Entry, Knowledge, NotCovered, Phrasing, Term

Normalise: TypeAlias = Callable[[str], str]
Rule: TypeAlias = Callable[[Knowledge, Normalise], Iterator[Problem]]

MAX_QUOTED_LINES = 15
"""More than that in one answer is a transcript, not a quote."""
MAX_NARROW_POINTS = 5
MAX_NARROW_QUOTES = 3

ADVISED: Mapping[Literal["zh", "en"], int] = {"zh": 8, "en": 4}
"""Fewest phrasings of an entry, by language, with which people are understood well."""


def askables(knowledge: Knowledge) -> Iterator[Entry | NotCovered]:
    """Yield everything that can be asked for."""
    for interview in knowledge.interviews:
        yield from interview.entries()
        yield from interview.not_covered


def place_of(item: Entry | NotCovered) -> str:
    """Name an entry or a topic with the place where it is."""
    return f"'{item.id}' ({item.file}:{item.line})"


def ids_are_unique(knowledge: Knowledge, _: Normalise) -> Iterator[Problem]:
    """An id names one entry, or one not-covered topic, of its interview."""
    seen: dict[tuple[str, str], Entry | NotCovered] = {}
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
    """No phrasing appears twice, be it under one entry or under two."""
    seen: dict[str, tuple[Entry | NotCovered, Phrasing]] = {}
    for item in askables(knowledge):
        own: set[str] = set()
        for phrasing in item.asked_as():
            key = normalise(phrasing.text)
            if not key:
                message = f"the phrasing '{phrasing.text}' has nothing left to match by; write it out"
                yield Problem(phrasing.file, phrasing.line, message)
                continue
            owner, first = seen.setdefault(key, (item, phrasing))
            if owner is not item:
                message = f"the phrasing '{phrasing.text}' is also one of '{owner.id}' ({first.file}:{first.line})"
                yield Problem(phrasing.file, phrasing.line, f"{message}; keep it under one")
            elif key in own:
                where = f"in line {first.line}" if first.file == phrasing.file else f"in {first.file}:{first.line}"
                message = f"the phrasing '{phrasing.text}' stands {where} already; keep one"
                yield Problem(phrasing.file, phrasing.line, message)
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


def aliases_are_distinct(knowledge: Knowledge, normalise: Normalise) -> Iterator[Problem]:
    """An alias has one canonical form, in all lexicons together, and an id names one term."""
    aliases: dict[str, Term] = {}
    ids: dict[str, Term] = {}
    for term in knowledge.lexicon:
        namesake = ids.setdefault(term.id, term)
        if namesake is not term and not _is_continued(namesake, term, normalise):
            message = f"the id '{term.id}' is taken by {namesake.file}:{namesake.line}; choose another"
            yield Problem(term.file, term.line, message)
        for alias in dict.fromkeys(map(normalise, (term.canonical, *term.aliases))):
            first = aliases.setdefault(alias, term)
            if first is not term and not _is_continued(first, term, normalise):
                where = f" ({first.file}:{first.line})" if first.file != term.file else ""
                message = f"'{alias}' is an alias of '{first.id}'{where} and of '{term.id}'; keep it under one"
                yield Problem(term.file, term.line, message)


def _is_continued(first: Term, other: Term, normalise: Normalise) -> bool:
    """Return whether another file's term adds to the first one, for both have one canonical form."""
    return first.file != other.file and normalise(first.canonical) == normalise(other.canonical)


RULES: tuple[Rule, ...] = (
    ids_are_unique,
    relations_lead_somewhere,
    phrasings_are_distinct,
    answers_are_short,
    aliases_are_distinct,
    drafts_are_finished,
)


def broken_rules(
    knowledge: Knowledge,
    normalise: Normalise,
    incomplete: Collection[str] = frozenset(),
    rules: Sequence[Rule] = RULES,
) -> Iterator[Problem]:
    """Yield every breach of the rules; of interviews that were read in part, what can be said of parts."""
    whole = replace(
        knowledge, interviews=tuple(interview for interview in knowledge.interviews if interview.id not in incomplete)
    )
    for rule in rules:
        yield from rule(whole if rule is relations_lead_somewhere else knowledge, normalise)


def few_phrasings(knowledge: Knowledge) -> Iterator[Problem]:
    """Yield a warning for each entry that has fewer phrasings than advised."""
    for entry in knowledge.by_key.values():
        counts = Counter(phrasing.language for phrasing in entry.phrasings)
        if any(counts[language] < advised for language, advised in ADVISED.items()):
            message = (
                f"'{entry.id}' has {counts['zh']} Chinese and {counts['en']} English wordings; "
                f"{ADVISED['zh']} and {ADVISED['en']} at least find it more surely"
            )
            yield Problem(entry.phrasings[0].file, entry.phrasings[0].line, message)
