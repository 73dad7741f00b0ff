"""Phrasings that were approved in the chat, laid over the knowledge of the files; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from bot.errors import Problem
from bot.knowledge.draft_marks import MARK
from bot.knowledge.model import Entry, Knowledge, NotCovered, Phrasing
from bot.knowledge.phrasings_file import language_of
from bot.knowledge.verify import RULES, Normalise, Rule, askables, broken_rules, place_of

_NO_FILE = ""
"""The file of a phrasing that isn't in one; in a problem it means that the phrasing is at fault."""


@dataclass(frozen=True, slots=True)
class ApprovedPhrasing:
    """A phrasing that somebody used and an admin put under an entry."""

    entry: str
    """Key of the entry."""
    text: str
    """As it was typed."""

    @property
    def language(self) -> Literal["zh", "en"]:
        """Return its language."""
        return language_of(self.text)


@dataclass(frozen=True, slots=True)
class RejectedPhrasing:
    """A phrasing that the files' own rules keep out."""

    phrasing: ApprovedPhrasing
    """The phrasing."""
    reason: str
    """What is wrong."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Knowledge with phrasings laid over it."""

    knowledge: Knowledge
    """The same object where nothing was added."""
    rejected: tuple[RejectedPhrasing, ...]
    """What the rules keep out."""


def with_phrasings(
    knowledge: Knowledge,
    approved: Iterable[ApprovedPhrasing],
    normalise: Normalise,
    rules: Sequence[Rule] = RULES,
) -> Overlay:
    """Put phrasings under their entries, unless a rule for files forbids it; one that is there already adds nothing."""
    approved = tuple(approved)
    if not approved:  # to compare with all phrasings takes a quarter of a warm start
        return Overlay(knowledge, ())
    taken: dict[str, Entry | NotCovered] = {}
    for item in askables(knowledge):
        for phrasing in item.asked_as():
            taken.setdefault(normalise(phrasing.text), item)
    problems_of = partial(broken_rules, normalise=normalise, rules=rules)
    added: dict[str, list[Phrasing]] = defaultdict(list)
    rejected: list[RejectedPhrasing] = []
    for candidate in approved:
        entry, text = knowledge.by_key.get(candidate.entry), normalise(candidate.text)
        owner = taken.get(text)
        if entry is None:
            rejected.append(RejectedPhrasing(candidate, f"the entry '{candidate.entry}' is gone"))
        elif owner is None:
            if reason := _broken_rule(knowledge, entry, candidate, problems_of):
                rejected.append(RejectedPhrasing(candidate, reason))
            else:
                taken[text] = entry
                added[entry.key].append(_phrasing(candidate))
        elif owner.key != entry.key:
            reason = f"the phrasing '{candidate.text}' is also one of {place_of(owner)}"
            rejected.append(RejectedPhrasing(candidate, reason))
    return Overlay(_extended(knowledge, added) if added else knowledge, tuple(rejected))


def _phrasing(approved: ApprovedPhrasing) -> Phrasing:
    return Phrasing(approved.text, approved.language, _NO_FILE, 0)


def _broken_rule(
    knowledge: Knowledge,
    entry: Entry,
    approved: ApprovedPhrasing,
    problems_of: Callable[[Knowledge], Iterable[Problem]],
) -> str:
    """Return what the rules say against a phrasing under its entry; empty for nothing.

    The rules are applied to a knowledge of that entry alone, so that a phrasing costs little to check; what they find
    in it besides, such as relations to entries that aren't there, is about files and doesn't count.
    """
    interview = knowledge.interview_of[entry.interview]
    section = next(section for section in interview.sections if section.id == entry.section)
    trial = replace(section, entries=(replace(entry, phrasings=(*entry.phrasings, _phrasing(approved))),))
    alone = replace(knowledge, interviews=(replace(interview, sections=(trial,), not_covered=()),), lexicon=())
    problem = next((problem for problem in problems_of(alone) if problem.file == _NO_FILE), None)
    if problem is None:
        return ""
    if MARK in approved.text:
        return f"the phrasing '{approved.text}' holds '{MARK}', which marks drafts"
    finding, _, advice = problem.message.rpartition("; ")
    return finding or advice  # the advice is for whoever edits a file


def _extended(knowledge: Knowledge, added: Mapping[str, Sequence[Phrasing]]) -> Knowledge:
    def with_more(entry: Entry) -> Entry:
        more = added.get(entry.key)
        return replace(entry, phrasings=(*entry.phrasings, *more)) if more else entry

    return replace(knowledge, interviews=tuple(interview.with_entries(with_more) for interview in knowledge.interviews))
