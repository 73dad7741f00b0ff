"""Scoring: from a text to candidate entries, each with the probability that it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from bot.knowledge import NotCovered
from bot.matching.catalogue import Catalogue
from bot.matching.embeddings import CachedEmbedder, EmbeddingError
from bot.matching.features import FeatureExtractor
from bot.matching.inverted_index import Floats
from bot.matching.lone_word import is_single_word, max_score
from bot.matching.query_parser import QueryParser
from bot.matching.results import Candidate, Query
from bot.matching.semantic_index import Vectors
from bot.matching.spelling import SpellingCorrector
from bot.matching.static_meaning import StaticMeaning
from bot.matching.views import View, ViewBuilder
from bot.matching.weights import Model, Weights

MAX_QUERY_CHARACTERS = 120
"""Characters of a query that are read; the rest is cut off, because the time grows with the length."""
_REMEMBERED = 256
"""Corrected texts that are remembered."""
CHARACTERS_PER_TEXT = 8
"""Fixed cost of encoding a text, in characters, in addition to its own length."""
MAX_ENCODED_CHARACTERS = 80
"""Characters that the sentence model is given for one message at most: three times as many encode a tenth more texts
(`python -m bot eval`) and answer no question better."""
MAX_UNEXPLAINED = 0.1
"""Weight of a word that an entry lacks up to which the word says nothing."""
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

    @property
    def best(self) -> float:
        """Score of the best candidate; 0 where there is none."""
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def is_exact(self) -> bool:
        """Whether the text equals a phrasing of an entry or a not-covered topic."""
        return not self.candidates or "exact" in self.candidates[0].features


@dataclass(frozen=True)
class Form:
    """One way to read a text."""

    query: Query
    """What it was read as."""
    vector: Floats
    """Its static vector."""
    view: View
    """How it looks next to the catalogue."""


@dataclass(frozen=True)
class Draft:
    """A text as it is ranked without the sentence model."""

    form: Form | None
    """The likelier way to read it; None for a text that is exactly a phrasing."""
    ranking: Ranking
    """The candidates."""


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
    static: StaticMeaning
    """Computes a question's static vector."""
    static_vectors: Vectors
    """Static vectors of the catalogue's texts."""
    embedder: CachedEmbedder | None
    """Computes a question's vector with the sentence model; None where that can't be done."""
    vectors: Vectors | None
    """The model's vectors of the catalogue's texts; None where they can't be computed."""
    correct_spelling: SpellingCorrector
    """Corrects words that were typed by sound, towards the knowledge's own words."""

    @property
    def uses_model(self) -> bool:
        """Whether the sentence model is used, or only words, sound and static vectors."""
        return self.vectors is not None and self.embedder is not None and not self.embedder.failing

    def is_pinyin(self, text: str) -> bool:
        """Return whether normalised `text` is Chinese typed in Latin letters."""
        return text.isascii() and not self.corrected(text).isascii()

    def corrected(self, text: str) -> str:
        """Return the beginning of normalised `text`, as far as it is read, with its spelling corrected."""
        return self._corrected(text[:MAX_QUERY_CHARACTERS])

    @cached_property
    def _corrected(self) -> Callable[[str], str]:
        """A message is asked for several times: for its language, as a bare topic, and to be ranked."""
        return lru_cache(_REMEMBERED)(self.correct_spelling)

    def is_exact(self, text: str) -> bool:
        """Return whether normalised `text` is a phrasing of the knowledge."""
        return text in self.catalogue.exact

    def is_name(self, text: str) -> bool:
        """Return whether normalised `text` is a name or a topic of the lexicon, and nothing else."""
        return text in self.parser.lexicon.canonical_of

    def rank(self, text: str) -> Ranking:
        """Rank the entries for normalised `text`."""
        return self.rank_all([text])[0]

    def rank_all(self, texts: Sequence[str]) -> list[Ranking]:
        """Rank the entries for each of several normalised texts, the most important one first."""
        return self.completed([self.draft(text) for text in texts], MAX_ENCODED_CHARACTERS)

    def draft(self, text: str) -> Draft:
        """Rank the entries for a normalised text without the sentence model, as typed or with corrected spelling."""
        if (exact := self._exact(text)) is not None:
            return Draft(None, exact)
        typed = self._draft(text)
        if typed.ranking.best >= self.weights.skip_model_above:
            return typed
        corrected = self.corrected(text)
        if corrected in {text, ""}:
            return typed
        return max(typed, self._draft(corrected), key=lambda draft: draft.ranking.best)

    def completed(self, drafts: Sequence[Draft], most_encoded: int) -> list[Ranking]:
        """Return the rankings of drafts, the most important one first.

        The sentence model is used once, for all that the other features leave open, until it has been given
        `most_encoded` characters.
        """
        rankings = [draft.ranking for draft in drafts]
        open_forms: dict[int, Form] = {}
        for at, draft in enumerate(drafts):
            if draft.form is None or not self._is_open(draft.ranking):
                continue
            cost = len(draft.form.query.text) + CHARACTERS_PER_TEXT
            if cost <= most_encoded:
                most_encoded -= cost
                open_forms[at] = draft.form
        rankings_with_model = self._with_model(list(open_forms.values()))
        for at, ranking in zip(open_forms, rankings_with_model, strict=False):  # there are none where it fails
            rankings[at] = ranking
        return rankings

    def is_settled(self, draft: Draft) -> bool:
        """Return whether a text surely asks for one thing, which a narrow entry says with all of the text's words."""
        best = next(iter(draft.ranking.candidates), None)
        return draft.form is None or (
            best is not None
            and best.score >= self.weights.skip_model_above
            and not best.entry.broad
            and best.features["unexplained_most"] <= MAX_UNEXPLAINED
        )

    def form(self, text: str, also: Collection[int] = ()) -> Form:
        """Read a normalised text as it is, and compare it with the items `also`, whatever it looks like."""
        query = self.parser.parse_normalised(text[:MAX_QUERY_CHARACTERS])
        vector = self.static.vector(dict.fromkeys(query.words))
        return Form(query, vector, self._view(query, vector, also))

    def form_with_model(self, form: Form, row: Floats) -> Form:
        """Add to a form how its vector `row`, which the sentence model computed, looks next to the catalogue."""
        if self.vectors is None:
            return form
        model = self.views.semantic(row, self.vectors, form.view.spaces["static"].compared)
        static = self.views.compare_also(form.view.spaces["static"], form.vector, self.static_vectors, model.compared)
        return replace(form, view=replace(form.view, spaces={"static": static, "model": model}))

    def score(self, text: str, also: Collection[int]) -> dict[int, Candidate]:
        """Score what a normalised text may ask for, and the entries `also`, without the sentence model; by number."""
        form = self.form(text, also)
        items = list(dict.fromkeys([*self.extractor.candidates(form.view), *also]))
        return dict(zip(items, self._candidates(items, form, self.weights.without_model), strict=True))

    def _draft(self, text: str) -> Draft:
        form = self.form(text)
        return Draft(form, self._ranked(form, self.weights.without_model))

    def _view(self, query: Query, vector: Floats, also: Collection[int]) -> View:
        lexical = self.views.lexical(query)
        found = [item for item, score in (*lexical.dice.leaders, *lexical.dice.topics) if score > 0]
        return View(lexical, {"static": self.views.semantic(vector, self.static_vectors, [*also, *found])})

    def _is_open(self, ranking: Ranking) -> bool:
        return self.weights.skip_model_below <= ranking.best < self.weights.skip_model_above

    def _with_model(self, forms: Sequence[Form]) -> list[Ranking]:
        """Rank the candidates of each form again with the sentence model's features; nothing where it fails."""
        if not forms or self.embedder is None or self.vectors is None:
            return []
        try:
            rows = self.embedder.encode([form.query.text for form in forms])
        except EmbeddingError:
            return []
        return [
            self._ranked(self.form_with_model(form, row), self.weights.with_model)
            for form, row in zip(forms, rows, strict=True)
        ]

    def _ranked(self, form: Form, model: Model) -> Ranking:
        chosen = self.extractor.candidates(form.view)
        candidates = self._candidates(chosen, form, model)
        candidates.sort(key=lambda candidate: -candidate.score)
        return Ranking(form.query, tuple(candidates), self._not_covered(form), model)

    def _candidates(self, items: Collection[int], form: Form, model: Model) -> list[Candidate]:
        feature_rows = [self.extractor.features(item, form.view) for item in items]
        scores = model.trees.probabilities(feature_rows).tolist()
        if is_single_word(form.query, self.parser.lexicon):
            scores = [min(score, max_score(features)) for score, features in zip(scores, feature_rows, strict=True)]
        return [
            Candidate(
                entry=self.catalogue.entries[item],
                phrasing=self.catalogue.phrasings[self.extractor.closest(item, form.view)],
                features=features,
                score=score,
            )
            for item, features, score in zip(items, feature_rows, scores, strict=True)
        ]

    def _not_covered(self, form: Form) -> NotCovered | None:
        """Return the not-covered topic that comes closer than every entry; None where an entry comes closest.

        In the last vector space, all rankings must agree, and a single word must occur in the topic's phrasings: to
        name a topic that was not asked for is worse than to name none.
        """
        last = list(form.view.spaces.values())[-1]
        best = last.items.best
        if best is None or (last.contrast or last.classes).best != best:
            return None
        item = self.catalogue.items[best]
        if len(form.query.words) == 1 and best not in form.view.lexical.best:
            return None
        return item if isinstance(item, NotCovered) else None

    def _exact(self, text: str) -> Ranking | None:
        number = self.catalogue.exact.get(text)
        if number is None:
            return None
        item, model = self.catalogue.items[number], self.weights.without_model
        query = self.parser.parse_normalised(text)
        if isinstance(item, NotCovered):
            return Ranking(query, (), item, model)
        candidate = Candidate(item, query.text, {"exact": 1.0}, EXACT_MATCH_PROBABILITY)
        return Ranking(query, (candidate,), None, model)
