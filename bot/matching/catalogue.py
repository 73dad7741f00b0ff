"""All entries and not-covered topics of a snapshot, as arrays for searching; built once, then only read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from bot.knowledge import Entry, Knowledge, NotCovered
from bot.matching.inverted_index import Index, Ints, index_of, terms_by_group
from bot.matching.parsed_texts import ParsedTexts
from bot.matching.token_table import TokenTable

TERM_KINDS = {"c": 0.3, "b": 0.7, "w": 1.0, "p": 0.4}
"""Weight of a character, a pair of characters, a word, and a pair of syllables in the index."""

_UNHEARD = "\U000fffff"
_FIRST_SYMBOL, _SURROGATES = 0x4E00, range(0xD800, 0xE000)


@dataclass(frozen=True)
class Catalogue:
    """Items (entries, then not-covered topics) and their phrasings, numbered."""

    items: tuple[Entry | NotCovered, ...]
    """Entries, then not-covered topics; an item is named by its position here."""
    entry_count: int
    """Items below this number are entries, the others not-covered topics."""
    phrasings: tuple[str, ...]
    """Each phrasing as it was written."""
    texts: tuple[str, ...]
    """Each phrasing, normalised."""
    canonical: tuple[str, ...]
    """Each phrasing in canonical form."""
    sounds: tuple[str, ...]
    """Each phrasing's syllables, one character per syllable (see `sound`)."""
    owner: Ints
    """Item of each phrasing, ascending."""
    first: Ints
    """First phrasing of each item; one more entry than items."""
    index: Index
    """Over the phrasings."""
    exact: dict[str, int]
    """Normalised phrasing to its item."""
    passages: tuple[str, ...]
    """Normalised points and quotes of the entries."""
    passage_owner: Ints
    """Entry of each passage, ascending."""
    term_starts: Ints
    """Where each item's terms begin in `item_terms`; one more entry than items."""
    item_terms: Ints
    """Sorted numbers of the index terms that an item's phrasings, points and quotes contain, item after item."""
    asked_kinds: tuple[frozenset[str], ...]
    """The kinds of answer that an item's phrasings ask for."""
    symbols: dict[str, str]
    """A character for each syllable and Latin word that the phrasings contain."""

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The items that are entries, under the same numbers."""
        return tuple(item for item in self.items if isinstance(item, Entry))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each entry, by its key."""
        return {entry.key: number for number, entry in enumerate(self.entries)}

    @cached_property
    def passage_first(self) -> Ints:
        """First passage of each item; one more element than items."""
        return np.searchsorted(self.passage_owner, np.arange(len(self.items) + 1)).astype(np.int32)

    def phrasings_of(self, item: int) -> range:
        """Return the numbers of an item's phrasings."""
        return range(int(self.first[item]), int(self.first[item + 1]))

    def terms_of(self, item: int) -> Ints:
        """Return the sorted numbers of the terms that an item contains."""
        return self.item_terms[self.term_starts[item] : self.term_starts[item + 1]]

    def normaliser(self, normalise: Callable[[str], str]) -> Callable[[str], str]:
        """Return what normalises as `normalise` does, and quickly where a text is a phrasing as it was written."""
        forms = dict(zip(self.phrasings, self.texts, strict=True))
        return lambda text: normalise(text) if (form := forms.get(text)) is None else form

    def sound(self, syllables: Iterable[str]) -> str:
        """Return syllables as a string with a character for each, so that they can be compared by edit distance."""
        return "".join(self.symbols.get(syllable, _UNHEARD) for syllable in syllables)


def make_catalogue(knowledge: Knowledge, parsed: ParsedTexts) -> Catalogue:
    """Build the catalogue of a snapshot, whose `texts_of` are parsed."""
    items, entry_count = items_of(knowledge)
    phrasings = numbered_phrasings(items)
    count = len(phrasings)
    owner = np.fromiter((number for number, _ in phrasings), np.int32, count)
    passage_owner = np.array([number for number, item in enumerate(items) for _ in _passages(item)], np.int32)
    by_item = terms_by_group(parsed.terms, np.concatenate([owner, passage_owner]))
    term_count = max(len(parsed.terms.names), 1)
    symbols, sounds = _sounds(parsed.syllables, count)
    numbers = range(len(items) + 1)
    return Catalogue(
        items=items,
        entry_count=entry_count,
        phrasings=tuple(text for _, text in phrasings),
        texts=parsed.normalised[:count],
        canonical=parsed.canonical[:count],
        sounds=sounds,
        owner=owner,
        first=np.searchsorted(owner, numbers).astype(np.int32),
        index=index_of(parsed.terms, count, by_item, TERM_KINDS),
        exact=dict(zip(parsed.normalised[:count], owner.tolist(), strict=True)),
        passages=parsed.normalised[count:],
        passage_owner=passage_owner,
        term_starts=np.searchsorted(by_item // term_count, numbers).astype(np.int32),
        item_terms=(by_item % term_count).astype(np.int32),
        asked_kinds=_asked_kinds(len(items), owner, parsed.kinds.head(count)),
        symbols=symbols,
    )


def texts_of(knowledge: Knowledge) -> list[str]:
    """Return the texts that the catalogue of a snapshot is made of, as they were written: phrasings, then passages."""
    items, _ = items_of(knowledge)
    passages = (text for item in items for text in _passages(item))
    return [*(text for _, text in numbered_phrasings(items)), *passages]


def items_of(knowledge: Knowledge) -> tuple[tuple[Entry | NotCovered, ...], int]:
    """Return everything that can be asked for, the entries first, and how many entries there are."""
    entries = [entry for interview in knowledge.interviews for entry in interview.entries()]
    topics = [topic for interview in knowledge.interviews for topic in interview.not_covered]
    return (*entries, *topics), len(entries)


def numbered_phrasings(items: Sequence[Entry | NotCovered]) -> list[tuple[int, str]]:
    """Return each phrasing with the number of its item."""
    return [(number, phrasing.text) for number, item in enumerate(items) for phrasing in item.asked_as()]


def _symbol(number: int) -> str:
    """Return a character for a syllable: any but a surrogate, which is none."""
    point = _FIRST_SYMBOL + number
    return chr(point if point < _SURROGATES.start else point + len(_SURROGATES))


def _passages(item: Entry | NotCovered) -> Iterator[str]:
    if isinstance(item, Entry):
        for point in item.points:
            yield point.zh
            yield point.en
        for quote in item.quotes:
            yield quote.text


def _sounds(syllables: TokenTable, count: int) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return a character for each syllable of the first `count` rows, and these rows written with them."""
    used = syllables.head(count)
    known = int(used.flat.max(initial=-1)) + 1  # syllables are numbered as they occur
    symbols = {name: _symbol(number) for number, name in enumerate(syllables.names[:known])}
    written = "".join(map([*symbols.values()].__getitem__, used.flat.tolist()))
    return symbols, tuple(written[start:end] for start, end in pairwise(used.starts.tolist()))


def _asked_kinds(count: int, owner: Ints, kinds: TokenTable) -> tuple[frozenset[str], ...]:
    asked_kinds: list[set[str]] = [set() for _ in range(count)]
    for item, kind in zip(np.repeat(owner, kinds.sizes).tolist(), kinds.flat.tolist(), strict=True):
        asked_kinds[item].add(kinds.names[kind])
    return tuple(map(frozenset, asked_kinds))
