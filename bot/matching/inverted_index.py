"""An inverted index over short texts, in compact arrays; cost grows with the postings touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.token_table import TokenTable, table_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_BUDGET, _GROWTH = 16_384, 4
"""Postings read before it is tried to stop, and the factor by which that grows."""
_SAMPLE = 4
"""How many times as many texts as wanted are completed to see what the best can reach."""
_FEW_TEXTS = 20
"""Texts per posting up to which to add up in an array of all texts is quicker than to sort the postings."""
_ROUNDING = 1e-5
_TINY = 1e-9


@dataclass(frozen=True)
class Hits:
    """Texts that share terms with a query, the best first."""

    texts: Ints
    """Numbers of the texts."""
    shared: Floats
    """Weight of the terms that each shares with the query."""
    query_weight: float
    """Weight of all the query's terms, unknown ones included."""


@dataclass(frozen=True)
class Index:
    """Terms to the texts that contain them; immutable."""

    vocabulary: dict[str, int]
    """Number of each term."""
    weights: Floats
    """Weight of each term: its kind's weight times its inverse document frequency."""
    starts: Ints
    """Where each term's postings begin in `postings`; one more entry than terms."""
    postings: Ints
    """Numbers of the texts that contain a term, term after term."""
    lengths: Floats
    """Weight of all terms of each text."""
    unknown: float
    """Inverse document frequency of a term that no text contains."""
    kinds: dict[str, float]
    """Weight of each kind of term, by its first character."""

    def weight(self, term: str) -> float:
        """Return the weight of a term, also of an unknown one."""
        number = self.vocabulary.get(term)
        return self.kinds[term[0]] * self.unknown if number is None else float(self.weights[number])

    def search(self, terms: Sequence[str], limit: int) -> Hits:
        """Return the at most `limit` texts with the highest Dice coefficient of weighted terms.

        Dice: twice the shared weight over the sum of both weights (Dice 1945), in [0, 1]. The result is exact;
        terms that too many texts hold are looked up only in the texts that can still get among the best
        (MaxScore, Turtle and Flood 1995).
        """
        known = np.array([n for term in terms if (n := self.vocabulary.get(term)) is not None], np.intp)
        query_weight = sum(map(self.weight, terms))
        sizes = self.starts[known + 1] - self.starts[known]
        known, sizes = known[sizes > 0], sizes[sizes > 0]
        if not len(known):
            return Hits(np.empty(0, np.int32), np.empty(0, np.float32), query_weight)
        known = known[np.argsort(sizes / np.maximum(self.weights[known], _TINY), kind="stable")]
        texts, shared = self._gather(known, query_weight, limit)
        dice = 2 * shared / (query_weight + self.lengths[texts])
        if len(texts) > limit:
            top = np.argpartition(-dice, limit)[:limit]
            texts, shared, dice = texts[top], shared[top], dice[top]
        order = np.lexsort((texts, -dice))
        return Hits(texts[order], shared[order].astype(np.float32), query_weight)

    def _gather(self, known: NDArray[np.intp], query_weight: float, limit: int) -> tuple[Ints, Floats]:
        """Return texts, among them the best `limit`, with the weight that each shares; rare terms come first."""
        read_up_to = np.cumsum(self.starts[known + 1] - self.starts[known])
        left = np.append(np.cumsum(self.weights[known][::-1])[::-1][1:], 0.0)
        budget = _BUDGET
        while True:
            cut = max(1, int(np.searchsorted(read_up_to, budget, "right")))
            texts, shared = self._read(known[:cut])
            if cut == len(known):
                return texts, shared
            alive = self._alive(texts, shared, known[cut:], float(left[cut - 1]), query_weight, limit)
            if alive is not None:
                return texts[alive], self._completed(texts[alive], shared[alive], known[cut:])
            budget *= _GROWTH

    def _read(self, terms: NDArray[np.intp]) -> tuple[Ints, Floats]:
        """Return all the texts that contain one of the terms, ascending, with the weight shared."""
        runs = [self.postings[self.starts[term] : self.starts[term + 1]] for term in terms]
        touched = np.concatenate(runs)
        gains = np.repeat(self.weights[terms], [len(run) for run in runs])
        if len(self.lengths) <= _FEW_TEXTS * len(touched):
            shared = np.bincount(touched, gains, len(self.lengths)).astype(np.float32)
            texts = np.flatnonzero(shared).astype(np.int32)
            return texts, shared[texts]
        order = np.argsort(touched, kind="stable")
        touched = touched[order]
        first = np.flatnonzero(np.concatenate(([True], touched[1:] != touched[:-1])))
        return touched[first], np.add.reduceat(gains[order], first)

    def _alive(
        self, texts: Ints, shared: Floats, unread: NDArray[np.intp], rest: float, query_weight: float, limit: int
    ) -> NDArray[np.bool_] | None:
        """Tell which texts may be among the best once the unread terms are counted.

        None where a text that contains nothing but unread terms, weighing `rest` together, could be.
        """
        if len(texts) < limit:
            return None
        lengths = self.lengths[texts]
        dice = 2 * shared / (query_weight + lengths)
        top = np.sort(np.argpartition(-dice, min(_SAMPLE * limit, len(dice)) - 1)[: _SAMPLE * limit])
        complete = 2 * self._completed(texts[top], shared[top], unread) / (query_weight + lengths[top])
        worst = np.partition(complete, len(complete) - limit)[len(complete) - limit]
        if worst < 2 * rest / (query_weight + rest):
            return None
        return np.asarray(2 * (shared + rest) / (query_weight + lengths) >= worst - _ROUNDING)

    def _completed(self, texts: Ints, shared: Floats, unread: NDArray[np.intp]) -> Floats:
        """Add the weights of the unread terms that each text contains."""
        for term in unread:
            run = self.postings[self.starts[term] : self.starts[term + 1]]
            at = np.minimum(run.searchsorted(texts), len(run) - 1)
            shared = shared + self.weights[term] * (run[at] == texts)
        return shared


def build(
    texts: Sequence[Sequence[str]],
    groups: Sequence[int] | Ints,
    kinds: dict[str, float],
    context: Sequence[tuple[int, Sequence[str]]] = (),
) -> Index:
    """Index the terms of `texts`.

    `groups` says which texts count as one document in a term's document frequency: many phrasings of one
    entry that share a word don't make it common. `context` contains further terms of groups, which count there
    and become known, but can't be found.
    """
    table = table_of([*texts, *(terms for _, terms in context)])
    owners = np.concatenate([np.asarray(groups, np.int32), np.array([group for group, _ in context], np.int32)])
    return index_of(table, len(texts), terms_by_group(table, owners), kinds)


def terms_by_group(table: TokenTable, groups: Ints) -> NDArray[np.int64]:
    """Return which groups of rows contain which terms: the group times the number of terms plus the term, ascending."""
    pairs = np.sort(np.repeat(groups.astype(np.int64) * len(table.names), table.sizes) + table.flat)
    return pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]


def index_of(table: TokenTable, count: int, by_group: NDArray[np.int64], kinds: dict[str, float]) -> Index:
    """Index the first `count` rows of a table; the others make terms known and count in `by_group` alone."""
    terms, found = len(table.names), table.head(count)
    groups, of_groups = np.divmod(by_group, max(terms, 1))
    total, frequency = len(np.unique(groups)), np.bincount(of_groups, minlength=terms)
    kind_weights = np.fromiter((kinds[term[0]] for term in table.names), np.float32, terms)
    weights = (kind_weights * np.log(1 + (total - frequency + 0.5) / (frequency + 0.5))).astype(np.float32)
    owners = np.repeat(np.arange(count, dtype=np.int32), found.sizes)
    return Index(
        vocabulary=dict(zip(table.names, range(terms), strict=True)),
        weights=weights,
        starts=np.concatenate([[0], np.cumsum(np.bincount(found.flat, minlength=terms))]).astype(np.int32),
        postings=(np.sort(found.flat.astype(np.int64) * max(count, 1) + owners) % max(count, 1)).astype(np.int32),
        lengths=np.bincount(owners, weights[found.flat], count).astype(np.float32),
        unknown=float(np.log(1 + (total + 0.5) / 0.5)),
        kinds=dict(kinds),
    )
