"""The data that the steps of matching pass on: queries, candidates and decisions; all immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.knowledge import Entry, Language, NotCovered

Status: TypeAlias = Literal["answered", "suggested", "unknown", "smalltalk"]
Smalltalk: TypeAlias = Literal["greeting", "thanks", "identity", "goodbye", "feelings", "insult", "nothing"]


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """What a conversation was about when the next message came."""

    entries: tuple[Entry, ...]
    """The entries of the last reply, the first one first; not empty, unless they were only offered."""
    shown: frozenset[str] = frozenset()
    """Keys of all the entries that the conversation has shown."""
    point: int | None = None
    """0-based point of the first entry that the message is about, where it is about one."""
    is_offer: bool = False
    """Whether nothing was answered, and the entries were only offered."""
    unanswered: str = ""
    """The question that was asked when nothing was answered, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Query:
    """A text, ready to be searched for."""

    text: str
    """Normalised; the same for every way of typing the same words."""
    canonical: str
    """`text` with the lexicon's aliases replaced by their canonical forms."""
    words: tuple[str, ...]
    """Words of `canonical`, in order, Latin ones stemmed."""
    terms: tuple[str, ...]
    """Index terms of `canonical`, each once."""
    syllables: tuple[str, ...]
    """Pinyin of `canonical` with near-homophones made equal; Latin words as they are."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a query may be about."""

    entry: Entry
    """What it would be about."""
    phrasing: str
    """The phrasing of `entry` that came closest."""
    features: Mapping[str, float]
    """The features, by name (see `features` and `context_features`)."""
    score: float
    """Probability in [0, 1] that this is what was asked for."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry and how likely it is the right one."""

    entry: Entry
    """What would be shown."""
    score: float
    """Probability in [0, 1]; means the same for every question."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to reply to a message, with the candidates behind it."""

    status: Status
    """Whether an answer is given, and if not, what there is instead."""
    language: Language
    """Language to reply in."""
    answers: tuple[Scored, ...] = ()
    """One per topic, the first one first; empty unless `status` is "answered"."""
    suggestions: tuple[Scored, ...] = ()
    """Likeliest first; none is given as an answer."""
    smalltalk: Smalltalk | None = None
    """Which kind, where `status` is "smalltalk"."""
    not_covered: NotCovered | None = None
    """What is known not to be in the interview and was asked for."""
    focus: int | None = None
    """0-based point that a follow-up asked for, if any."""
    candidates: tuple[Candidate, ...] = ()
    """The candidates of the first topic, best first, for those who ask why."""
