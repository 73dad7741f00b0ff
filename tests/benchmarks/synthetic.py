"""A knowledge base multiplied: interviews about other things, put together from the words of the shipped ones.

Every synthetic interview has a vocabulary of its own. Words that many entries share (什么, how) stay; of the
others some stay, most become other words of general Chinese, commoner ones more often, and some become names
that nobody has used, so that the vocabulary goes on growing as it does with real texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, count
from random import Random

from bot.knowledge.model import Bilingual, Entry, Interview, Knowledge, NotCovered, Phrasing

KEPT, GENERAL = 0.3, 0.5
"""Shares of the topical words that stay, and that become other words of general Chinese; the rest is made up."""
COMMON = 12
"""Items from which on a word counts as common to all topics."""
_PIECE = re.compile(r"[\u3400-\u9fff]+|[a-zA-Z0-9]+")
_HAN_WORD = re.compile(r"[\u3400-\u9fff]{2,3}")
_ONSETS = ("b", "c", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "st", "tr")
_RIMES = ("a", "e", "i", "o", "u", "ai", "or", "en", "ix", "um")


@dataclass(frozen=True)
class Source:
    """What synthetic texts are made from."""

    words: Callable[[str], list[str]]
    """Cuts a run of Chinese into words."""
    common: frozenset[str]
    """Words that every interview uses."""
    general: tuple[str, ...]
    """Words of general Chinese."""
    cumulative: tuple[int, ...]
    """Sums of their frequencies, for drawing them."""
    characters: tuple[str, ...]
    """Characters that names are made of."""

    _cut: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def pieces(self, text: str) -> tuple[str, ...]:
        """Cut a text into Chinese and Latin words; remembered, for every interview is made from the same texts."""
        if text not in self._cut:
            runs = _PIECE.findall(text)
            cut = ([run.lower()] if run.isascii() else self.words(run) for run in runs)
            self._cut[text] = tuple(chain.from_iterable(cut))
        return self._cut[text]


def source(knowledge: Knowledge, words: Callable[[str], list[str]], frequencies: Iterable[tuple[str, int]]) -> Source:
    """Prepare the making of interviews like those of `knowledge`."""
    general = sorted((word, n) for word, n in frequencies if _HAN_WORD.fullmatch(word))
    bare = Source(
        words,
        frozenset(),
        tuple(word for word, _ in general),
        tuple(accumulate(n for _, n in general)),
        tuple(sorted({character for word, n in general if n > 1000 for character in word})),
    )
    counts: Counter[str] = Counter()
    for interview in knowledge.interviews:
        for item in items(interview):
            counts.update(set(chain.from_iterable(bare.pieces(phrasing.text) for phrasing in item.asked_as())))
    return replace(bare, common=frozenset(word for word, n in counts.items() if n >= COMMON))


def multiplied(knowledge: Knowledge, phrasings: int, origin: Source, seed: int = 0) -> Knowledge:
    """Return `knowledge` with synthetic interviews added until it has `phrasings` phrasings (or as many as it had)."""
    missing = phrasings - sum(map(_size, knowledge.interviews))
    interviews = list(knowledge.interviews)
    for number in count(1):
        if missing <= 0:
            break
        model = knowledge.interviews[number % len(knowledge.interviews)]
        random = Random(f"{seed}/{number}")  # noqa: S311  # repeatable, not secret
        made = _cut(_Maker(origin, random).interview(model, f"synthetic-{number}"), missing)
        missing -= _size(made)
        interviews.append(made)
    return replace(knowledge, interviews=tuple(interviews))


def items(interview: Interview) -> Iterator[Entry | NotCovered]:
    """Yield all that can be asked for."""
    yield from interview.entries()
    yield from interview.not_covered


def _size(interview: Interview) -> int:
    return sum(len(list(item.asked_as())) for item in items(interview))


def _cut(interview: Interview, most: int) -> Interview:
    """Leave out the last phrasings, and items with none left, so that at most `most` phrasings remain."""

    def shortened(item: Entry) -> Entry | None:
        nonlocal most
        kept = item.phrasings[: max(0, most - 2)]
        if most < 2:
            return None
        most -= len(kept) + 2
        return replace(item, phrasings=kept)

    sections = tuple(
        replace(section, entries=tuple(filter(None, map(shortened, section.entries)))) for section in interview.sections
    )
    not_covered: list[NotCovered] = []
    for topic in interview.not_covered:
        kept = topic.phrasings[:most]
        most -= len(kept)
        if kept:
            not_covered.append(replace(topic, phrasings=kept))
    return replace(interview, sections=sections, not_covered=tuple(not_covered))


@dataclass
class _Maker:
    """Makes one interview."""

    source: Source
    random: Random
    _replaced: dict[str, str] = field(default_factory=dict)

    def interview(self, model: Interview, name: str) -> Interview:
        sections = tuple(
            replace(section, entries=tuple(self._entry(entry, name) for entry in section.entries))
            for section in model.sections
        )
        not_covered = (
            replace(item, interview=name, phrasings=self._phrasings(item.phrasings)) for item in model.not_covered
        )
        return replace(model, id=name, sections=sections, not_covered=tuple(not_covered))

    def _entry(self, entry: Entry, name: str) -> Entry:
        return replace(
            entry,
            interview=name,
            question=self._bilingual(entry.question),
            phrasings=self._phrasings(entry.phrasings),
            points=tuple(map(self._bilingual, entry.points)),
            quotes=tuple(replace(quote, text=self._text(quote.text)) for quote in entry.quotes),
        )

    def _bilingual(self, text: Bilingual) -> Bilingual:
        return Bilingual(self._text(text.zh), self._text(text.en))

    def _phrasings(self, phrasings: Sequence[Phrasing]) -> tuple[Phrasing, ...]:
        """Put each together from its own beginning and another one's end."""
        by_language = {
            language: [phrasing.text for phrasing in phrasings if phrasing.language == language]
            for language in ("zh", "en")
        }
        return tuple(
            replace(phrasing, text=self._crossed(phrasing.text, self.random.choice(by_language[phrasing.language])))
            for phrasing in phrasings
        )

    def _crossed(self, one: str, other: str) -> str:
        first, second = self.source.pieces(one), self.source.pieces(other)
        return self._joined([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])

    def _text(self, text: str) -> str:
        return self._joined(self.source.pieces(text))

    def _joined(self, pieces: Iterable[str]) -> str:
        """Write the words down, with spaces between Latin ones alone."""
        text = ""
        for piece in map(self._word, pieces):
            text += f" {piece}" if text and text[-1].isascii() and piece.isascii() else piece
        return text

    def _word(self, word: str) -> str:
        if word in self.source.common:
            return word
        if word not in self._replaced:
            self._replaced[word] = self._drawn(word)
        return self._replaced[word]

    def _drawn(self, word: str) -> str:
        chance = self.random.random()
        if chance < KEPT:
            return word
        if word.isascii():
            return "".join(self._syllable() for _ in range(2 + self.random.randrange(2)))
        if chance < KEPT + GENERAL:
            return self.random.choices(self.source.general, cum_weights=self.source.cumulative)[0]
        return "".join(self.random.choices(self.source.characters, k=max(2, len(word))))

    def _syllable(self) -> str:
        return self.random.choice(_ONSETS) + self.random.choice(_RIMES)


def altered(phrasings: Sequence[str], origin: Source, many: int, seed: int = 0) -> list[str]:
    """Return questions that nobody wrote down: phrasings with a word left out, or a common one added."""
    random = Random(f"{seed}/questions")  # noqa: S311  # as above
    common = sorted(origin.common)
    made: list[str] = []
    for text in random.choices(phrasings, k=many):
        pieces = list(origin.pieces(text))
        if len(pieces) > 2 and random.random() < 0.7:
            pieces.pop(random.randrange(len(pieces)))
        if common and random.random() < 0.5:
            pieces.insert(random.randrange(len(pieces) + 1), random.choice(common))
        made.append(" ".join(pieces))
    return made
