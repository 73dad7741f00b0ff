"""What speaks for and against an entry being what a query asks for: the features of the score.

The first part costs little and needs only the index; the second needs the query's meaning as a vector.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz

from bot.knowledge.model import Entry
from bot.matching.answer_kinds import AnswerKinds
from bot.matching.catalogue import Catalogue
from bot.matching.general_chinese import GeneralChinese
from bot.matching.inverted_index import Floats, Ints
from bot.matching.results import Query
from bot.matching.semantic_index import Vectors

MAX_PHRASINGS_FOUND = 60
"""Phrasings that the index hands over."""
CANDIDATES_PER_RANKING = 6
"""Entries taken from the index's ranking, and again from the semantic one."""
RANKING_DEPTH = 8
"""How far down the ranking a rival that doesn't overlap is looked for."""
UNRELATED_COSINE = 0.7
"""Cosine that multilingual E5 gives texts which have nothing in common (it rarely goes below)."""
_COMPARED_PHRASINGS = 3
_MAX_CONTENT_MASS = 4.0
"""Weight of content words from which a question counts as saying all that it can."""
_LONG_QUERY_TERMS = 60.0
"""Index terms from which a question counts as long."""

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
    """Per item: the largest share of the query's weight that one of its phrasings holds."""
    best: Mapping[int, Sequence[int]]
    """Per item found: its phrasings, best first."""
    known: Ints
    """Numbers of the query's terms that the index knows."""
    known_weights: Floats
    """Weights of those terms, in the same order."""
    asked: float
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
class FeatureExtractor:
    """Gathers evidence over one catalogue."""

    catalogue: Catalogue
    """What can be asked for."""
    kinds: AnswerKinds
    """Tell what kind of answer is asked for."""
    rarity: Callable[[str], float]
    """How rare a word is in general Chinese, in [0, 1]."""
    names: Collection[str]
    """Proper names of the lexicon, in canonical form."""
    _overlaps: dict[tuple[int, int], bool] = field(default_factory=dict)

    def lexical(self, query: Query) -> LexicalView:
        """Look a query up in the index."""
        catalogue, index = self.catalogue, self.catalogue.index
        hits = index.search(query.terms, MAX_PHRASINGS_FOUND)
        dice = np.zeros(len(catalogue.items), np.float32)
        coverage = np.zeros(len(catalogue.items), np.float32)
        best: dict[int, list[int]] = {}
        closeness = 2 * hits.shared / (hits.asked + index.lengths[hits.texts])
        for text, owner, close, shared in zip(
            hits.texts.tolist(),
            catalogue.owner[hits.texts].tolist(),
            closeness.tolist(),
            hits.shared.tolist(),
            strict=True,
        ):
            best.setdefault(owner, []).append(text)
            dice[owner] = max(dice[owner], close)
            coverage[owner] = max(coverage[owner], shared / hits.asked)
        known = np.array([n for term in query.terms if (n := index.vocabulary.get(term)) is not None], np.int32)
        return LexicalView(
            query=query,
            sound=catalogue.sound(query.syllables),
            dice=self._rank(dice),
            coverage=coverage,
            best=best,
            known=known,
            known_weights=index.weights[known],
            asked=hits.asked,
            content=(content := self._content(query.words)),
            marked={
                word: weight for word, weight in content.items() if word in self.names or not _LETTERS.search(word)
            },
            kinds=self.kinds.asked(query.text),
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

    def candidates(self, lexical: LexicalView, semantic: SemanticView | None) -> list[int]:
        """Return the entries worth a closer look."""
        chosen = [item for item, score in lexical.dice.leaders[:CANDIDATES_PER_RANKING] if score > 0]
        for ranking in (semantic.items, semantic.contrast, semantic.classes) if semantic is not None else ():
            chosen += [item for item, _ in ranking.leaders[:CANDIDATES_PER_RANKING]]
        return list(dict.fromkeys(chosen))

    def closest(self, item: int, lexical: LexicalView, semantic: SemanticView | None) -> int:
        """Return the phrasing of an item that comes closest."""
        if item in lexical.best:
            return lexical.best[item][0]
        span = self.catalogue.phrasings_of(item)
        return span.start if semantic is None else span.start + int(semantic.phrasings[span.start : span.stop].argmax())

    def features(self, item: int, lexical: LexicalView, semantic: SemanticView | None) -> dict[str, float]:
        """Return the evidence on one candidate; the semantic part is left out without a vector."""
        found = self._lexical_features(item, lexical, semantic)
        if semantic is not None:
            found |= self._semantic_features(item, lexical, semantic)
        return found

    def _lexical_features(self, item: int, view: LexicalView, semantic: SemanticView | None) -> dict[str, float]:
        catalogue, entry = self.catalogue, self.catalogue.items[item]
        compared = [*view.best.get(item, ())[:_COMPARED_PHRASINGS], self.closest(item, view, semantic)]
        if semantic is not None:
            span = catalogue.phrasings_of(item)
            compared.append(span.start + int(semantic.phrasings[span.start : span.stop].argmax()))
        new = view.kinds - catalogue.asked_kinds[item]
        unexplained = self._unexplained(item, view.content)
        total = sum(view.content.values())
        asked = view.asked or 1.0
        dice = float(view.dice.scores[item])
        features = {
            "dice": dice,
            "coverage": float(view.coverage[item]),
            "ratio": max(fuzz.ratio(view.query.canonical, catalogue.canonical[text]) for text in compared) / 100,
            "sound": max(fuzz.ratio(view.sound, catalogue.sounds[text]) for text in compared) / 100,
            "item_overlap": self._item_overlap(item, view) / asked,
            "unknown": max(0.0, 1 - float(view.known_weights.sum()) / asked),
            "unexplained": sum(unexplained) / (total or 1.0),
            "unexplained_most": max(unexplained, default=0.0),
            "lead_lexical": dice - self.rival(item, view.dice.leaders),
            "lead_lexical_not_covered": dice - view.dice.not_covered,
            "content_mass": min(total, _MAX_CONTENT_MASS),
            "unmatched_names": self._unmatched_names(item, view),
            "new_kinds": float(len(new)),
            "length": min(len(view.query.terms) / _LONG_QUERY_TERMS, 2.0),
            "latin": float(view.query.text.isascii()),
            "broad": float(isinstance(entry, Entry) and entry.broad),
        }
        for kind in self.kinds.patterns:
            features[f"asks_{kind}"] = float(kind in view.kinds)
            features[f"new_{kind}"] = float(kind in new)
        return features

    def _semantic_features(self, item: int, lexical: LexicalView, view: SemanticView) -> dict[str, float]:
        span = self.catalogue.phrasings_of(item)
        ranked = np.sort(view.phrasings[span.start : span.stop])[::-1]
        cosine = float(view.items.scores[item])
        contrast, likeness = float(view.contrast.scores[item]), float(view.classes.scores[item])
        return {
            "meaning": cosine,
            "meaning_3": float(ranked[:3].mean()),
            "meaning_8": float(ranked[:8].mean()),
            "meaning_passages": float(view.passages[item]),
            "lead_meaning": cosine - max(self.rival(item, view.items.leaders), UNRELATED_COSINE),
            "lead_meaning_not_covered": cosine - max(view.items.not_covered, UNRELATED_COSINE),
            "contrast": contrast,
            "lead_contrast": contrast - self.rival(item, view.contrast.leaders),
            "lead_contrast_not_covered": contrast - view.contrast.not_covered,
            "class": likeness,
            "lead_class": likeness - self.rival(item, view.classes.leaders),
            "lead_class_not_covered": likeness - view.classes.not_covered,
            "agreement": float(lexical.dice.scores[item]) * (cosine - 0.8) * 10,
        }

    def _item_overlap(self, item: int, view: LexicalView) -> float:
        """Return the weight of the query's terms that stand anywhere in the item."""
        terms = self.catalogue.terms_of(item)
        at = np.minimum(np.searchsorted(terms, view.known), len(terms) - 1)
        return float(view.known_weights[terms[at] == view.known].sum())

    def _content(self, words: Sequence[str]) -> dict[str, float]:
        index = self.catalogue.index
        return {
            word: index.weight(f"w:{word}") / index.unknown * (1.0 if word.isascii() else self.rarity(word))
            for word in words
        }

    def _unexplained(self, item: int, content: Mapping[str, float]) -> list[float]:
        """Return the weights of the content words that stand nowhere in the item, not even cut differently."""
        return [weight for word, weight in content.items() if not self._is_explained(item, word)]

    def _unmatched_names(self, item: int, view: LexicalView) -> float:
        """Return the weight of names and numbers in the query that the item doesn't hold, bounded by 3."""
        unmatched = sum(weight for word, weight in view.marked.items() if not self._contains(item, f"w:{word}"))
        return min(unmatched, 3.0)

    def _is_explained(self, item: int, word: str) -> bool:
        if self._contains(item, f"w:{word}"):
            return True
        pairs = [f"b:{word[at : at + 2]}" for at in range(len(word) - 1)]
        return not word.isascii() and bool(pairs) and all(self._contains(item, pair) for pair in pairs)

    def _contains(self, item: int, term: str) -> bool:
        number = self.catalogue.index.vocabulary.get(term)
        if number is None:
            return False
        terms = self.catalogue.terms_of(item)
        at = int(np.searchsorted(terms, number))
        return at < len(terms) and int(terms[at]) == number

    def rival(self, item: int, leaders: Iterable[tuple[int, float]], none: float = 0.0) -> float:
        """Return the score of the first of `leaders` that answers something else than `item`; `none` without one."""
        rivals = (score for other, score in leaders if other != item and not self.overlap(item, other))
        return next(rivals, none)

    def _rank(self, scores: Floats) -> ScoreRanking:
        """Rank the entries by score, ties in their order."""
        of_entries = scores[: self.catalogue.entry_count]
        most = min(RANKING_DEPTH, len(of_entries))
        top = np.argpartition(-of_entries, most - 1)[:most] if most else np.empty(0, np.int64)
        best = sorted(top.tolist(), key=lambda item: (-of_entries[item], item))
        not_covered = float(scores[self.catalogue.entry_count :].max(initial=0.0))
        return ScoreRanking(scores, [(item, float(of_entries[item])) for item in best], not_covered)

    def overlap(self, one: int, other: int) -> bool:
        """Tell whether two entries quote a common line."""
        pair = (min(one, other), max(one, other))
        if pair not in self._overlaps:
            first, second = self.catalogue.items[pair[0]], self.catalogue.items[pair[1]]
            self._overlaps[pair] = isinstance(first, Entry) and isinstance(second, Entry) and first.overlaps(second)
        return self._overlaps[pair]


def general_rarity(general: GeneralChinese) -> Callable[[str], float]:
    """Return a function for how rare a word is in general: 1 for an unknown one, near 0 for the commonest."""
    total, most = general.total, math.log(general.total)
    return lambda word: math.log(total / (general.frequency(word) + 1)) / most
