"""How a query looks next to every text of the catalogue: by its terms (lexical) and by its vector (semantic).

A view contains scores for all items at once; `features` turns it into numbers about a single candidate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np

from bot.matching.answer_kinds import AnswerKinds
from bot.matching.catalogue import Catalogue
from bot.matching.general_chinese import GeneralChinese
from bot.matching.inverted_index import Floats, Ints
from bot.matching.results import Query
from bot.matching.semantic_index import Vectors, contrast_of
from bot.matching.unit_rows import spans_of

MAX_PHRASINGS_FOUND = 60
"""Phrasings that are taken from a search of the index."""
RANKING_DEPTH = 8
"""Entries that a ranking contains; a rival of the best one, which answers something else, is looked for among them."""
NOT_COVERED_DEPTH = 4
"""Not-covered topics that a ranking contains."""

_LETTERS = re.compile(r"[^\W\d]")


@dataclass(frozen=True)
class ScoreRanking:
    """What items score by one measure."""

    scores: Floats
    """Per item: its score; 0 for one that wasn't compared."""
    leaders: Sequence[tuple[int, float]]
    """The best entries with their scores, best first."""
    topics: Sequence[tuple[int, float]]
    """The best not-covered topics with their scores, best first."""

    @property
    def not_covered(self) -> float:
        """Return the score of the best not-covered topic; 0 where there is none."""
        return self.topics[0][1] if self.topics else 0.0

    @property
    def best(self) -> int | None:
        """Return the best item, an entry where one scores as well as the best topic; None where nothing scores."""
        first = max((*self.leaders[:1], *self.topics[:1]), key=lambda pair: pair[1], default=(None, 0.0))
        return first[0] if first[1] > 0 else None


@dataclass(frozen=True)
class LexicalView:
    """A query seen through the index."""

    query: Query
    """The query itself."""
    sound: str
    """The query's syllables as a string (see `Catalogue.sound`)."""
    dice: ScoreRanking
    """Per item: the best Dice coefficient of one of its phrasings."""
    coverage: Mapping[int, float]
    """Per item found: the largest share of the query's weight that one of its phrasings contains."""
    best: Mapping[int, Sequence[int]]
    """Per item found: its phrasings, best first."""
    known: Ints
    """Numbers of the query's terms that the index knows."""
    known_terms: Sequence[str]
    """Those terms, in the same order."""
    weights: Sequence[float]
    """Their weights."""
    known_weight: float
    """Sum of those."""
    query_weight: float
    """Weight of all the query's terms."""
    content: Mapping[str, float]
    """The query's words with their weight as content: rare in general Chinese and in the knowledge."""
    marked: Mapping[str, float]
    """The query's names, Latin words and numbers with their weight as content."""
    kinds: frozenset[str]
    """Kinds of answer asked for."""
    kind_features: Mapping[str, float]
    """For every kind, whether it is asked for; and, to be filled in per item, whether the item lacks it."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Cosines of a query with the texts of one item."""

    closest: int
    """Number of the phrasing that comes closest."""
    phrasing: float
    """Cosine with that phrasing."""
    phrasings_3: float
    """Mean of the three best cosines with phrasings."""
    phrasings_8: float
    """Mean of the eight best."""
    passage: float
    """Best cosine with a point or quote; 0 for a not-covered topic."""


@dataclass(frozen=True)
class SemanticView:
    """A query seen through vectors: what its classes and words put forward, compared text by text."""

    compared: Mapping[int, Similarity]
    """The items that were compared."""
    closeness: float
    """How close a phrasing of this knowledge typically comes to another one of its item."""
    items: ScoreRanking
    """Per compared item: the best cosine of one of its phrasings."""
    contrast: ScoreRanking | None
    """The same in the directions that tell items apart, where the vectors know them."""
    classes: ScoreRanking
    """Per item, compared or not: what the classifier gives it, about 0 to 1."""


@dataclass(frozen=True)
class View:
    """All that is known about how a query looks next to the catalogue."""

    lexical: LexicalView
    """Seen through the index."""
    spaces: Mapping[str, SemanticView]
    """Seen through vectors, by the name of their space: "static", and "model" where the sentence model was used."""


@dataclass(frozen=True)
class ViewBuilder:
    """Compares queries with one catalogue."""

    catalogue: Catalogue
    """The entries and not-covered topics with their phrasings."""
    kinds: AnswerKinds
    """Recognise which kind of answer is asked for."""
    rarity: Callable[[str], float]
    """How rare a word is in general Chinese, in [0, 1]."""
    names: Collection[str]
    """Proper names of the lexicon, in canonical form."""

    def lexical(self, query: Query) -> LexicalView:
        """Look a query up in the index."""
        catalogue, index = self.catalogue, self.catalogue.index
        hits = index.search(query.terms, MAX_PHRASINGS_FOUND)
        best: dict[int, list[int]] = {}
        dice: dict[int, float] = {}
        coverage: dict[int, float] = {}
        closeness = 2 * hits.shared / (hits.query_weight + index.lengths[hits.texts])
        for text, owner, close, shared in zip(
            hits.texts.tolist(),
            catalogue.owner[hits.texts].tolist(),
            closeness.tolist(),
            (hits.shared / (hits.query_weight or 1.0)).tolist(),
            strict=True,
        ):
            best.setdefault(owner, []).append(text)
            dice.setdefault(owner, close)  # the first phrasing of an item is its best
            coverage[owner] = max(coverage.get(owner, 0.0), shared)
        numbers = {term: number for term in query.terms if (number := index.vocabulary.get(term)) is not None}
        known = np.fromiter(numbers.values(), np.int32, len(numbers))
        weights = index.weights[known].tolist()
        return LexicalView(
            query=query,
            sound=catalogue.sound(query.syllables),
            dice=self._rank_some(dice),
            coverage=coverage,
            best=best,
            known=known,
            known_terms=list(numbers),
            weights=weights,
            known_weight=sum(weights),
            query_weight=hits.query_weight,
            content=(content := self._content(query.words)),
            marked=self._marked(content),
            kinds=(asked := self.kinds.asked_for(query.text)),
            kind_features={
                **{f"asks_{kind}": float(kind in asked) for kind in self.kinds.patterns},
                **{f"new_{kind}": 0.0 for kind in self.kinds.patterns},
            },
        )

    def semantic(self, vector: Floats, vectors: Vectors, also: Collection[int] = ()) -> SemanticView:
        """Compare a query's unit vector with the texts of the items that the classifier ranks first, and of `also`."""
        classes = self._rank(vectors.class_scores(vector))
        chosen = list(dict.fromkeys([*also, *(item for item, _ in (*classes.leaders, *classes.topics))]))
        compared = self._compared(vector, vectors, chosen)
        return SemanticView(
            compared=compared,
            closeness=vectors.closeness,
            items=self._rank_some({item: similarity.phrasing for item, similarity in compared.items()}),
            contrast=self._contrast(vector, vectors, chosen),
            classes=classes,
        )

    def compare_also(
        self, view: SemanticView, vector: Floats, vectors: Vectors, items: Collection[int]
    ) -> SemanticView:
        """Compare the query's vector with the texts of more items; the vectors are those of a view without contrast."""
        new = [item for item in items if item not in view.compared]
        compared = {**view.compared, **self._compared(vector, vectors, new)}
        ranking = self._rank_some({item: similarity.phrasing for item, similarity in compared.items()})
        return replace(view, compared=compared, items=ranking)

    def _compared(self, vector: Floats, vectors: Vectors, items: Sequence[int]) -> dict[int, Similarity]:
        spans = spans_of(self.catalogue.first, items)
        passage_spans = spans_of(self.catalogue.passage_first, items)
        phrasings = vectors.phrasings.cosines(spans, vector)
        passages = vectors.passages.cosines(passage_spans, vector)
        starts = accumulate(map(len, spans), initial=0)
        passage_starts = accumulate(map(len, passage_spans), initial=0)
        return {
            item: _similarity(span.start, phrasings[start:end], passages[first:last])
            for item, span, (start, end), (first, last) in zip(
                items, spans, pairwise(starts), pairwise(passage_starts), strict=True
            )
        }

    def _contrast(self, vector: Floats, vectors: Vectors, items: Sequence[int]) -> ScoreRanking | None:
        if vectors.contrast is None or not items:
            return None
        spans = spans_of(self.catalogue.first, items)
        cosines = vectors.contrast.phrasings.cosines(spans, contrast_of(vector, vectors, vectors.contrast))
        starts = list(accumulate(map(len, spans[:-1]), initial=0))
        return self._rank_some(dict(zip(items, np.maximum.reduceat(cosines, starts).tolist(), strict=True)))

    def _content(self, words: Sequence[str]) -> dict[str, float]:
        index = self.catalogue.index
        return {
            word: index.weight(f"w:{word}") / index.unknown * (1.0 if word.isascii() else self.rarity(word))
            for word in words
        }

    def _marked(self, content: Mapping[str, float]) -> dict[str, float]:
        return {word: weight for word, weight in content.items() if word in self.names or not _LETTERS.search(word)}

    def _rank(self, scores: Floats) -> ScoreRanking:
        """Put the best items in order; equal scores keep the catalogue's order."""
        count = self.catalogue.entry_count
        return ScoreRanking(
            scores, _top(scores[:count], 0, RANKING_DEPTH), _top(scores[count:], count, NOT_COVERED_DEPTH)
        )

    def _rank_some(self, scores: Mapping[int, float]) -> ScoreRanking:
        """Put some items in order; equal scores keep the catalogue's order."""
        every = np.zeros(len(self.catalogue.items), np.float32)
        for item, score in scores.items():
            every[item] = score
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        count = self.catalogue.entry_count
        return ScoreRanking(
            every,
            [pair for pair in ranked if pair[0] < count][:RANKING_DEPTH],
            [pair for pair in ranked if pair[0] >= count][:NOT_COVERED_DEPTH],
        )


def _top(scores: Floats, first: int, depth: int) -> list[tuple[int, float]]:
    """Return the best of consecutive items, numbered from `first`, with their scores."""
    size = min(depth, len(scores))
    if not size:
        return []
    top = np.argpartition(-scores, size - 1)[:size]
    best = sorted(zip(top.tolist(), scores[top].tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return [(first + at, score) for at, score in best]


def _similarity(first: int, phrasings: Floats, passages: Floats) -> Similarity:
    """Summarise the cosines of one item, whose first phrasing has the number `first`."""
    values = phrasings.tolist()
    ranked = sorted(values, reverse=True)
    return Similarity(
        closest=first + values.index(ranked[0]),
        phrasing=ranked[0],
        phrasings_3=_mean(ranked[:3]),
        phrasings_8=_mean(ranked[:8]),
        passage=max(passages.tolist(), default=0.0),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def general_rarity(general: GeneralChinese) -> Callable[[str], float]:
    """Return a function for how rare a word is in general: 1 for an unknown one, near 0 for the commonest."""
    total, most = general.total, math.log(general.total)
    return lambda word: math.log(total / (general.frequency(word) + 1)) / most
