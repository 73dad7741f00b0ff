"""Phrasings that were approved in the chat, laid over the knowledge of the files; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.knowledge.draft_marks import MARK
from bot.knowledge.model import Entry, Knowledge, NotCovered, Phrasing
from bot.knowledge.phrasings_file import language_of
from bot.knowledge.verify import Normalise, askables, place_of


@dataclass(frozen=True, slots=True)
class ApprovedPhrasing:
    """A wording that somebody used and an admin put under an entry."""

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
    refused: tuple[RejectedPhrasing, ...]
    """What had to be left out."""


def with_phrasings(knowledge: Knowledge, approved: Iterable[ApprovedPhrasing], normalise: Normalise) -> Overlay:
    """Put phrasings under their entries, unless a rule for files forbids it; one that is there already adds nothing."""
    taken: dict[str, Entry | NotCovered] = {}
    for item in askables(knowledge):
        for phrasing in item.asked_as():
            taken.setdefault(normalise(phrasing.text), item)
    added: dict[str, list[Phrasing]] = defaultdict(list)
    refused: list[RejectedPhrasing] = []
    for one in approved:
        entry, wording = knowledge.by_key.get(one.entry), normalise(one.text)
        if entry is None:
            refused.append(RejectedPhrasing(one, f"the entry '{one.entry}' is gone"))
        elif reason := _reason(one, wording, entry, taken.get(wording)):
            refused.append(RejectedPhrasing(one, reason))
        elif wording not in taken:
            taken[wording] = entry
            added[entry.key].append(Phrasing(one.text, one.language, "", 0))
    return Overlay(_extended(knowledge, added) if added else knowledge, tuple(refused))


def _reason(approved: ApprovedPhrasing, wording: str, entry: Entry, owner: Entry | NotCovered | None) -> str:
    """Tell what keeps a phrasing out; empty for nothing."""
    if not wording:
        return f"the phrasing '{approved.text}' has nothing left to match by"
    if MARK in approved.text:
        return f"the phrasing '{approved.text}' holds '{MARK}', which marks drafts"
    if owner is not None and owner.key != entry.key:
        return f"the phrasing '{approved.text}' is also one of {place_of(owner)}"
    return ""


def _extended(knowledge: Knowledge, added: Mapping[str, Sequence[Phrasing]]) -> Knowledge:
    def with_more(entry: Entry) -> Entry:
        more = added.get(entry.key)
        return replace(entry, phrasings=(*entry.phrasings, *more)) if more else entry

    return replace(knowledge, interviews=tuple(one.with_entries(with_more) for one in knowledge.interviews))
