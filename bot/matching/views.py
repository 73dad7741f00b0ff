"""How a query looks next to every text of the catalogue: by its terms (lexical) and by its vector (semantic).

A view contains scores for all items at once; `features` turns it into numbers about a single candidate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.matching.answer_kinds import AnswerKinds
from bot.matching.catalogue import Catalogue
from bot.matching.general_chinese import GeneralChinese
from bot.matching.inverted_index import Floats, Ints
from bot.matching.results import Query
from bot.matching.semantic_index import Vectors

MAX_PHRASINGS_FOUND = 60
"""Phrasings that are taken from a search of the index."""
RANKING_DEPTH = 8
"""Entries that a ranking contains; a rival of the best one, which answers something else, is looked for among them."""

_LETTERS = re.compile(r"[^\W\d]")


@dataclass(frozen=True)
class ScoreRanking:
    """What all items score by one measure."""

    scores: Floats
    """Per item: its score."""
    leaders: Sequence[tuple[int, float]]
    """The best entries with their scores, best first."""
    not_covered: float
    """Score of the best not-covered topic; 0 where there is none."""


@dataclass(frozen=True)
class LexicalView:
    """A query seen through the index."""

    query: Query
    """The query itself."""
    sound: str
    """The query's syllables as a string (see `Catalogue.sound`)."""
    dice: ScoreRanking
    """Per item: the best Dice coefficient of one of its phrasings."""
    coverage: Floats
    """Per item: the largest share of the query's weight that one of its phrasings contains."""
    best: Mapping[int, Sequence[int]]
    """Per item found: its phrasings, best first."""
    known: Ints
    """Numbers of the query's terms that the index knows."""
    known_weights: Floats
    """Weights of those terms, in the same order."""
    query_weight: float
    """Weight of all the query's terms."""
    content: Mapping[str, float]
    """The query's words with their weight as content: rare in general Chinese and in the knowledge."""
    marked: Mapping[str, float]
    """The query's names, Latin words and numbers with their weight as content."""
    kinds: frozenset[str]
    """Kinds of answer asked for."""


@dataclass(frozen=True)
class SemanticView:
    """A query seen through the vectors."""

    phrasings: Floats
    """Cosine with each phrasing."""
    items: ScoreRanking
    """Per item: the best cosine of one of its phrasings."""
    passages: Floats
    """Per entry: the best cosine of one of its points and quotes."""
    contrast: ScoreRanking
    """Per item: the best cosine of one of its phrasings, in the directions that tell items apart."""
    classes: ScoreRanking
    """Per item: what the classifier gives it, about 0 to 1."""


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
        dice = np.zeros(len(catalogue.items), np.float32)
        coverage = np.zeros(len(catalogue.items), np.float32)
        best: dict[int, list[int]] = {}
        closeness = 2 * hits.shared / (hits.query_weight + index.lengths[hits.texts])
        for text, owner, close, shared in zip(
            hits.texts.tolist(),
            catalogue.owner[hits.texts].tolist(),
            closeness.tolist(),
            hits.shared.tolist(),
            strict=True,
        ):
            best.setdefault(owner, []).append(text)
            dice[owner] = max(dice[owner], close)
            coverage[owner] = max(coverage[owner], shared / hits.query_weight)
        known = np.array([n for term in query.terms if (n := index.vocabulary.get(term)) is not None], np.int32)
        return LexicalView(
            query=query,
            sound=catalogue.sound(query.syllables),
            dice=self._rank(dice),
            coverage=coverage,
            best=best,
            known=known,
            known_weights=index.weights[known],
            query_weight=hits.query_weight,
            content=(content := self._content(query.words)),
            marked={
                word: weight for word, weight in content.items() if word in self.names or not _LETTERS.search(word)
            },
            kinds=self.kinds.asked_for(query.text),
        )

    def semantic(self, vector: Floats, vectors: Vectors) -> SemanticView:
        """Compare a query's unit vector with every text."""
        catalogue = self.catalogue
        phrasings = vectors.phrasings @ vector
        items = np.maximum.reduceat(phrasings, catalogue.first[:-1])
        starts = np.searchsorted(catalogue.passage_owner, np.arange(catalogue.entry_count))
        contrast = vectors.contrasted @ vectors.contrast_of(vector)
        return SemanticView(
            phrasings=phrasings,
            items=self._rank(items),
            passages=np.maximum.reduceat(vectors.passages @ vector, starts),
            contrast=self._rank(np.maximum.reduceat(contrast, catalogue.first[:-1])),
            classes=self._rank(vectors.class_scores(vector)),
        )

    def _content(self, words: Sequence[str]) -> dict[str, float]:
        index = self.catalogue.index
        return {
            word: index.weight(f"w:{word}") / index.unknown * (1.0 if word.isascii() else self.rarity(word))
            for word in words
        }

    def _rank(self, scores: Floats) -> ScoreRanking:
        """Put the best entries in order; equal scores keep the catalogue's order."""
        of_entries = scores[: self.catalogue.entry_count]
        size = min(RANKING_DEPTH, len(of_entries))
        top = np.argpartition(-of_entries, size - 1)[:size] if size else np.empty(0, np.int64)
        best = sorted(top.tolist(), key=lambda item: (-of_entries[item], item))
        not_covered = float(scores[self.catalogue.entry_count :].max(initial=0.0))
        return ScoreRanking(scores, [(item, float(of_entries[item])) for item in best], not_covered)


def general_rarity(general: GeneralChinese) -> Callable[[str], float]:
    """Return a function for how rare a word is in general: 1 for an unknown one, near 0 for the commonest."""
    total, most = general.total, math.log(general.total)
    return lambda word: math.log(total / (general.frequency(word) + 1)) / most
