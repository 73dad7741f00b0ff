"""Scoring: from a text to candidate entries, each with the probability that it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.knowledge import NotCovered
from bot.matching.catalogue import Catalogue
from bot.matching.embeddings import CachedEmbedder, EmbeddingError
from bot.matching.features import FeatureExtractor
from bot.matching.lone_word import is_single_word, max_score
from bot.matching.query_parser import QueryParser
from bot.matching.results import Candidate, Query
from bot.matching.semantic_index import Vectors
from bot.matching.spelling import SpellingCorrector
from bot.matching.views import LexicalView, SemanticView, ViewBuilder
from bot.matching.weights import Model, Weights

MAX_QUERY_CHARACTERS = 120
"""Characters of a query that are read; the rest is cut off, because the time grows with the length."""
CHARACTERS_PER_TEXT = 8
"""Fixed cost of encoding a text, in characters, in addition to its own length."""
EXACT_MATCH_PROBABILITY = 0.99
"""Score of an entry whose phrasing equals the question."""


@dataclass(frozen=True)
class Ranking:
    """The candidates for one text."""

    query: Query
    """The text as it was searched for."""
    candidates: tuple[Candidate, ...]
    """Entries, best first."""
    not_covered: NotCovered | None
    """The not-covered topic that comes closer than every entry, if one does."""
    model: Model
    """The model whose bands apply to the scores."""
    encoded: int = 0
    """Cost of the vectors that were computed, in characters, `CHARACTERS_PER_TEXT` more for each text."""

    @property
    def best(self) -> float:
        """Score of the best candidate; 0 where there is none."""
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def is_exact(self) -> bool:
        """Whether the text equals a phrasing of an entry or a not-covered topic."""
        return not self.candidates or "exact" in self.candidates[0].features


@dataclass(frozen=True)
class Engine:
    """Scores texts against one snapshot; immutable."""

    catalogue: Catalogue
    """What can be asked for."""
    parser: QueryParser
    """Parses questions, as it parsed the catalogue's texts."""
    views: ViewBuilder
    """Compares queries with the catalogue."""
    extractor: FeatureExtractor
    """Computes the features of candidates."""
    weights: Weights
    """The models that turn features into probabilities, and their thresholds."""
    embedder: CachedEmbedder | None
    """Computes a question's meaning; None where that can't be done."""
    vectors: Vectors | None
    """Meaning of the catalogue's texts; None where it can't be computed."""
    correct_spelling: SpellingCorrector
    """Corrects words that were typed by sound, towards the knowledge's own words."""

    @property
    def uses_semantics(self) -> bool:
        """Whether vectors are used, or only the words and the sound of questions."""
        return self.vectors is not None and self.embedder is not None and not self.embedder.failing

    def is_pinyin(self, text: str) -> bool:
        """Return whether normalised `text` is Chinese typed in Latin letters."""
        return text.isascii() and not self.correct_spelling(text[:MAX_QUERY_CHARACTERS]).isascii()

    def rank(self, text: str, allowance: int = 2 * (MAX_QUERY_CHARACTERS + CHARACTERS_PER_TEXT)) -> Ranking:
        """Rank the entries for normalised `text`; vectors are used only where the lexical score leaves it open.

        `allowance` is the number of characters (see `Ranking.encoded`) whose meaning may be computed: the text's first,
        then its repaired form's.
        """
        if (exact := self._exact(text)) is not None:
            return exact
        text = text[:MAX_QUERY_CHARACTERS]
        query = self.parser.parse_normalised(text)
        lexical = self._rank_by(query, self.weights.without_meaning, None)
        if self.vectors is None or lexical.best >= self.weights.skip_semantic_from or _work(text) > allowance:
            return lexical
        repaired = self.correct_spelling(text)
        queries = [query]
        if repaired not in {text, ""} and _work(text, repaired) <= allowance:
            queries.append(self.parser.parse_normalised(repaired))
        views = self._meanings(queries)
        if views is None:
            return lexical
        rankings = [
            self._rank_by(query, self.weights.with_meaning, view) for query, view in zip(queries, views, strict=True)
        ]
        best = max(rankings, key=lambda ranking: ranking.best)
        return replace(best, encoded=_work(*(query.text for query in queries)))

    def score(self, texts: Sequence[str], items: Collection[int]) -> list[dict[int, Candidate]]:
        """Score given entries for each of several normalised texts; by number of the entry."""
        queries = [self.parser.parse_normalised(text[:MAX_QUERY_CHARACTERS]) for text in texts]
        views: Sequence[SemanticView | None] | None = self._meanings(queries)
        model = self.weights.without_meaning if views is None else self.weights.with_meaning
        return [
            dict(zip(items, self._candidates(items, self.views.lexical(query), view, model), strict=True))
            for query, view in zip(queries, views or [None] * len(queries), strict=True)
        ]

    def _rank_by(self, query: Query, model: Model, semantic: SemanticView | None) -> Ranking:
        lexical = self.views.lexical(query)
        chosen = self.extractor.candidates(lexical, semantic)
        candidates = sorted(self._candidates(chosen, lexical, semantic, model), key=lambda candidate: -candidate.score)
        return Ranking(query, tuple(candidates), self._not_covered(lexical, semantic), model)

    def _candidates(
        self, items: Collection[int], lexical: LexicalView, semantic: SemanticView | None, model: Model
    ) -> list[Candidate]:
        feature_rows = [self.extractor.features(item, lexical, semantic) for item in items]
        scores = model.logistic.probabilities(feature_rows).tolist()
        if is_single_word(lexical.query, self.parser.lexicon):
            scores = [min(score, max_score(features)) for score, features in zip(scores, feature_rows, strict=True)]
        return [
            Candidate(
                entry=self.catalogue.entries[item],
                phrasing=self.catalogue.phrasings[self.extractor.closest(item, lexical, semantic)],
                features=features,
                score=score,
            )
            for item, features, score in zip(items, feature_rows, scores, strict=True)
        ]

    def _not_covered(self, lexical: LexicalView, semantic: SemanticView | None) -> NotCovered | None:
        """Return the not-covered topic that comes closer than every entry; None where an entry comes closest.

        With vectors, both `items` and `contrast` must agree: to name a topic that was not asked for is worse than to
        name none.
        """
        scores = (lexical.dice if semantic is None else semantic.items).scores
        best = int(scores.argmax()) if len(scores) else 0
        if semantic is not None and int(semantic.contrast.scores.argmax()) != best:
            return None
        item = self.catalogue.items[best]
        return item if isinstance(item, NotCovered) and scores[best] > 0 else None

    def _exact(self, text: str) -> Ranking | None:
        number = self.catalogue.exact.get(text)
        if number is None:
            return None
        item, model, query = (
            self.catalogue.items[number],
            self.weights.without_meaning,
            self.parser.parse_normalised(text),
        )
        if isinstance(item, NotCovered):
            return Ranking(query, (), item, model)
        candidate = Candidate(item, query.text, {"exact": 1.0}, EXACT_MATCH_PROBABILITY)
        return Ranking(query, (candidate,), None, model)

    def _meanings(self, queries: Sequence[Query]) -> list[SemanticView] | None:
        if self.embedder is None or self.vectors is None:
            return None
        try:
            rows = self.embedder.encode([query.text for query in queries])
        except EmbeddingError:
            return None
        return [self.views.semantic(row, self.vectors) for row in rows]


def _work(*texts: str) -> int:
    """Return how much it costs to compute the meaning of texts."""
    return sum(len(text) + CHARACTERS_PER_TEXT for text in texts)
