"""Groups the questions that went badly, so that a curator decides once about all that ask for the same.

Pure functions; they answer every question anew, which takes time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.answers.assistant import Assistant
from bot.answers.reply import Question
from bot.knowledge.model import Entry
from bot.matching.clustering import clusters
from bot.storage.gaps import Miss

MAX_GAPS = 100
"""Number of gaps in a queue; once these are decided about, the next appear."""
MAX_CANDIDATES = 3
"""Number of entries that are offered for a gap."""


@dataclass(frozen=True, slots=True)
class MissedPhrasing:
    """One phrasing and how often it went badly."""

    exchange: int
    """Id of the newest exchange in which it was typed."""
    phrasing: int
    """Keyed hash of the phrasing, normalised."""
    text: str
    """As it was typed there."""
    misses: tuple[Miss, ...]
    """Every time it went badly, newest first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Phrasings that ask for the same and went badly."""

    phrasings: tuple[MissedPhrasing, ...]
    """The most frequent one first; not empty."""

    @property
    def head(self) -> MissedPhrasing:
        """The most frequent phrasing."""
        return self.phrasings[0]

    @property
    def misses(self) -> Sequence[Miss]:
        """Every time one of them went badly."""
        return [miss for phrasing in self.phrasings for miss in phrasing.misses]

    @property
    def people(self) -> int:
        """Number of people who asked."""
        return len({miss.asker for miss in self.misses})

    @property
    def down(self) -> int:
        """Number of votes against the answers."""
        return sum(miss.down for miss in self.misses)

    @property
    def chosen(self) -> Counter[str]:
        """How often each suggested entry was tapped, by key."""
        return sum((miss.chosen for miss in self.misses), Counter[str]())


def build_queue(
    misses: Sequence[Miss], decided: Collection[int], assistant: Assistant, hash_phrasing: Callable[[str], int]
) -> list[Gap]:
    """Group the misses into gaps, what was asked most first.

    Left out are phrasings that are decided about, and gaps that the knowledge answers by now. `hash_phrasing` returns
    the keyed hash of a normalised phrasing, as in `decided`.
    """
    missed = [
        phrasing for phrasing in _by_phrasing(misses, assistant, hash_phrasing) if phrasing.phrasing not in decided
    ]
    canonical = [assistant.canonical(phrasing.text) for phrasing in missed]
    groups = clusters(canonical, [len(phrasing.misses) for phrasing in missed])
    gaps = (Gap(tuple(missed[index] for index in group)) for group in groups)
    return list(islice((gap for gap in gaps if not _is_answered_now(gap, assistant)), MAX_GAPS))


def candidate_entries(gap: Gap, assistant: Assistant) -> list[Entry]:
    """Return the entries that a gap may belong to: those that people chose, then the best ranked."""
    by_key = assistant.knowledge.by_key
    chosen = [by_key[key] for key, _ in gap.chosen.most_common() if key in by_key]
    ranked = [scored.entry for scored in assistant.nearest(gap.head.text)]
    return list({entry.key: entry for entry in (*chosen, *ranked)}.values())[:MAX_CANDIDATES]


def _by_phrasing(
    misses: Sequence[Miss], assistant: Assistant, hash_phrasing: Callable[[str], int]
) -> Iterator[MissedPhrasing]:
    by_phrasing: dict[str, list[Miss]] = defaultdict(list)
    for miss in misses:
        by_phrasing[assistant.normalised(miss.text)].append(miss)
    for phrasing, found in by_phrasing.items():
        if phrasing:
            yield MissedPhrasing(found[0].exchange, hash_phrasing(phrasing), found[0].text, tuple(found))


def _is_answered_now(gap: Gap, assistant: Assistant) -> bool:
    """Return whether the knowledge answers a gap by now; never if an answer was voted down: it may still be bad."""
    if any(miss.answered for miss in gap.misses):
        return False
    return assistant.reply(Question(gap.head.text)).status == "answered"
