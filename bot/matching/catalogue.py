"""All entries and not-covered topics of a snapshot, as arrays for searching; built once, then only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bot.knowledge import Entry, Knowledge, NotCovered
from bot.matching.answer_kinds import AnswerKinds
from bot.matching.inverted_index import Index, Ints, build
from bot.matching.query_parser import QueryParser
from bot.matching.results import Query

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

    def sound(self, syllables: Iterable[str]) -> str:
        """Return syllables as a string with a character for each, so that they can be compared by edit distance."""
        return "".join(self.symbols.get(syllable, _UNHEARD) for syllable in syllables)


def make_catalogue(knowledge: Knowledge, parser: QueryParser, kinds: AnswerKinds) -> Catalogue:
    """Build the catalogue of a snapshot."""
    items, entry_count = items_of(knowledge)
    phrasings = numbered_phrasings(items)
    owner = np.fromiter((number for number, _ in phrasings), np.int32, len(phrasings))
    queries = [parser.parse(text) for _, text in phrasings]
    passages = [(number, parser.parse(text)) for number, item in enumerate(items) for text in _passages(item)]
    context = [(number, query.terms) for number, query in passages]
    index = build([query.terms for query in queries], owner, TERM_KINDS, context)
    item_terms = _terms_of_items(index, len(items), zip(owner, queries, strict=True), passages)
    symbols: dict[str, str] = {}
    for query in queries:
        for syllable in query.syllables:
            symbols.setdefault(syllable, _symbol(len(symbols)))
    return Catalogue(
        items=items,
        entry_count=entry_count,
        phrasings=tuple(text for _, text in phrasings),
        texts=tuple(query.text for query in queries),
        canonical=tuple(query.canonical for query in queries),
        sounds=tuple("".join(symbols[syllable] for syllable in query.syllables) for query in queries),
        owner=owner,
        first=np.searchsorted(owner, np.arange(len(items) + 1)).astype(np.int32),
        index=index,
        exact={query.text: number for query, (number, _) in zip(queries, phrasings, strict=True)},
        passages=tuple(query.text for _, query in passages),
        passage_owner=np.fromiter((number for number, _ in passages), np.int32, len(passages)),
        term_starts=np.concatenate([[0], np.cumsum([len(terms) for terms in item_terms])]).astype(np.int32),
        item_terms=np.concatenate(item_terms),
        asked_kinds=tuple(_asked_kinds(len(items), owner, queries, kinds)),
        symbols=symbols,
    )


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


def _terms_of_items(
    index: Index, count: int, phrasings: Iterable[tuple[int, Query]], passages: Iterable[tuple[int, Query]]
) -> list[Ints]:
    """Collect the numbers of the terms of each item."""
    item_terms: list[set[int]] = [set() for _ in range(count)]
    for source in (phrasings, passages):
        for number, query in source:
            item_terms[number].update(index.vocabulary[term] for term in query.terms)
    return [np.array(sorted(terms), np.int32) for terms in item_terms]


def _asked_kinds(count: int, owner: Ints, queries: Sequence[Query], kinds: AnswerKinds) -> list[frozenset[str]]:
    asked_kinds: list[set[str]] = [set() for _ in range(count)]
    for number, query in zip(owner, queries, strict=True):
        asked_kinds[number].update(kinds.asked_for(query.text))
    return [frozenset(of_item) for of_item in asked_kinds]
