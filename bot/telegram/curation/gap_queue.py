"""The questions that wait for a curator: those that went badly, brought together; pure but for the time it takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.answers.assistant import Assistant
from bot.answers.reply import Question
from bot.knowledge.model import Entry
from bot.matching.clustering import clusters
from bot.storage.gaps import Miss

MOST = 100
"""Gaps of a queue; a curator who has dealt with them sees the next."""
NEAREST = 3
"""Entries that a wording may belong to, to choose from."""


@dataclass(frozen=True, slots=True)
class AskedWording:
    """One wording and how often it went badly."""

    exchange: int
    """Id of the newest exchange in which it was typed."""
    wording: int
    """Keyed hash of the wording, normalised."""
    text: str
    """As it was typed there."""
    misses: tuple[Miss, ...]
    """Every time it went badly, newest first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Wordings that ask for the same thing and went badly."""

    asked: tuple[AskedWording, ...]
    """The most frequent wording first; not empty."""

    @property
    def head(self) -> AskedWording:
        """Return the most frequent wording."""
        return self.asked[0]

    @property
    def misses(self) -> Sequence[Miss]:
        """Return every time it went badly."""
        return [miss for one in self.asked for miss in one.misses]

    @property
    def people(self) -> int:
        """Return how many asked it."""
        return len({miss.asker for miss in self.misses})

    @property
    def down(self) -> int:
        """Return how many votes there are against what it was answered with."""
        return sum(miss.down for miss in self.misses)

    @property
    def chosen(self) -> Counter[str]:
        """Return how often each suggested entry was tapped, by key."""
        return sum((miss.chosen for miss in self.misses), Counter[str]())


def queue(
    misses: Sequence[Miss], settled: Collection[int], assistant: Assistant, name: Callable[[str], int]
) -> list[Gap]:
    """Bring the misses together, what was asked most first; leave out what is settled or answered by now.

    `name` gives the keyed hash of a normalised wording.
    """
    asked = [one for one in _wordings(misses, assistant, name) if one.wording not in settled]
    canonical = [assistant.canonical(one.text) for one in asked]
    groups = clusters(canonical, [len(one.misses) for one in asked])
    gaps = (Gap(tuple(asked[place] for place in group)) for group in groups)
    return [gap for gap, _ in zip((gap for gap in gaps if not _mended(gap, assistant)), range(MOST), strict=False)]


def nearest(gap: Gap, assistant: Assistant) -> list[Entry]:
    """Return the entries that a gap may belong to: those that people chose, then those that come closest."""
    by_key = assistant.knowledge.by_key
    chosen = [by_key[key] for key, _ in gap.chosen.most_common() if key in by_key]
    close = [scored.entry for scored in assistant.nearest(gap.head.text)]
    return list({entry.key: entry for entry in (*chosen, *close)}.values())[:NEAREST]


def _wordings(misses: Sequence[Miss], assistant: Assistant, name: Callable[[str], int]) -> Iterator[AskedWording]:
    by_wording: dict[str, list[Miss]] = defaultdict(list)
    for miss in misses:
        by_wording[assistant.normalised(miss.text)].append(miss)
    for wording, found in by_wording.items():
        if wording:
            yield AskedWording(found[0].exchange, name(wording), found[0].text, tuple(found))


def _mended(gap: Gap, assistant: Assistant) -> bool:
    """Tell whether the knowledge answers by now what it didn't; what was voted down may be answered badly still."""
    if any(miss.answered for miss in gap.misses):
        return False
    return assistant.reply(Question(gap.head.text)).status == "answered"
