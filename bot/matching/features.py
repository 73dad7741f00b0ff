"""The features of a candidate: numbers that speak for or against an entry being what a query asks for.

The lexical ones need the index alone; static ones need the query's vector as the sum of its words; the others the
vector that the sentence model computes.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz

from bot.knowledge import Entry
from bot.matching.answer_kinds import AnswerKinds
from bot.matching.catalogue import Catalogue
from bot.matching.views import LexicalView, ScoreRanking, SemanticView, View

CANDIDATES_PER_RANKING = 5
"""Entries taken as candidates from each ranking: the lexical one, and two or three of each vector space."""
UNRELATED_COSINE = {"static": 0.0, "model": 0.7}
"""Cosine of texts that have nothing in common, by vector space (multilingual E5 rarely goes below)."""
_COMPARED_PHRASINGS = 3
"""Phrasings of a candidate that are compared letter by letter: those that the index ranks first."""
_MAX_CONTENT_MASS = 4.0
"""Weight of content words beyond which more of them make no difference."""
_MAX_UNMATCHED_NAMES = 3.0
"""Bound of the weight of names and numbers that a candidate lacks."""
_LONG_QUERY_TERMS = 60.0
"""Index terms from which a question counts as long."""


@dataclass(frozen=True)
class FeatureExtractor:
    """Computes the features of candidates of one catalogue."""

    catalogue: Catalogue
    """The entries and not-covered topics with their phrasings."""
    kinds: AnswerKinds
    """Recognise which kind of answer is asked for."""
    _overlaps: dict[tuple[int, int], bool] = field(default_factory=dict)

    def candidates(self, view: View) -> list[int]:
        """Return the numbers of the entries to score: the best of each ranking, each once."""
        chosen = [item for item, score in view.lexical.dice.leaders[:CANDIDATES_PER_RANKING] if score > 0]
        for space in view.spaces.values():
            rankings = (space.items, space.contrast, space.classes)
            chosen += [item for ranking in rankings if ranking for item, _ in ranking.leaders[:CANDIDATES_PER_RANKING]]
        return list(dict.fromkeys(chosen))

    def closest(self, item: int, view: View) -> int:
        """Return the number of the item's phrasing that is most like the query."""
        if item in view.lexical.best:
            return view.lexical.best[item][0]
        compared = (space.compared[item].closest for space in view.spaces.values() if item in space.compared)
        return next(compared, self.catalogue.phrasings_of(item).start)

    def features(self, item: int, view: View) -> dict[str, float]:
        """Return the features of one candidate, which every vector space of the view has compared."""
        features = self._lexical_features(item, view)
        dice = features["dice"]
        for name, space in view.spaces.items():
            features |= self._semantic_features(name, item, space)
            features[f"{name}_agreement"] = dice * (features[f"{name}_cosine"] - UNRELATED_COSINE[name])
        return features

    def _lexical_features(self, item: int, whole: View) -> dict[str, float]:
        catalogue, entry, view = self.catalogue, self.catalogue.items[item], whole.lexical
        compared = {
            *view.best.get(item, ())[:_COMPARED_PHRASINGS],
            *(space.compared[item].closest for space in whole.spaces.values()),
        } or {self.closest(item, whole)}
        new = view.kinds - catalogue.asked_kinds[item]
        shared = self._shared_terms(item, view)
        unexplained = [weight for word, weight in view.content.items() if not _is_explained(word, shared)]
        total = sum(view.content.values())
        query_weight = view.query_weight or 1.0
        dice = float(view.dice.scores[item])
        features: dict[str, float] = {
            "dice": dice,
            "coverage": view.coverage.get(item, 0.0),
            "ratio": max(fuzz.ratio(view.query.canonical, catalogue.canonical[text]) for text in compared) / 100,
            "sound": max(fuzz.ratio(view.sound, catalogue.sounds[text]) for text in compared) / 100,
            "item_overlap": sum(shared.values()) / query_weight,
            "unknown": max(0.0, 1 - float(view.known_weight) / query_weight),
            "unexplained": sum(unexplained) / (total or 1.0),
            "unexplained_most": max(unexplained, default=0.0),
            "lead_lexical": dice - self.rival(item, view.dice.leaders),
            "lead_lexical_any": dice - _next_best(item, view.dice.leaders),
            "lead_lexical_not_covered": dice - view.dice.not_covered,
            "content_mass": min(total, _MAX_CONTENT_MASS),
            "unmatched_names": _unmatched_names(view.marked, shared),
            "new_kinds": float(len(new)),
            "length": min(len(view.query.terms) / _LONG_QUERY_TERMS, 2.0),
            "latin": float(view.query.text.isascii()),
            "phrasing_count": math.log(len(catalogue.phrasings_of(item))),
            "topic_count": math.log(1 + len(catalogue.items) - catalogue.entry_count),
            "broad": float(isinstance(entry, Entry) and entry.broad),
        }
        features.update(view.kind_features)
        features.update({f"new_{kind}": 1.0 for kind in new})
        return features

    def _semantic_features(self, space: str, item: int, view: SemanticView) -> dict[str, float]:
        similarity = view.compared[item]
        features: dict[str, float] = {
            f"{space}_cosine": similarity.phrasing,
            f"{space}_cosine_relative": similarity.phrasing - view.closeness,
            f"{space}_cosine_3": similarity.phrasings_3,
            f"{space}_cosine_8": similarity.phrasings_8,
            f"{space}_passage": similarity.passage,
            **self._leads(f"{space}_cosine", item, view.items, UNRELATED_COSINE[space]),
            f"{space}_class": float(view.classes.scores[item]),
            **self._leads(f"{space}_class", item, view.classes),
        }
        if view.contrast is not None:
            features[f"{space}_contrast"] = float(view.contrast.scores[item])
            features |= self._leads(f"{space}_contrast", item, view.contrast)
        return features

    def _leads(self, name: str, item: int, ranking: ScoreRanking, unrelated: float = 0.0) -> dict[str, float]:
        """Return how far an item is before the next entry on other lines, any next entry, and the best topic."""
        score = float(ranking.scores[item])
        return {
            f"lead_{name}": score - max(self.rival(item, ranking.leaders), unrelated),
            f"lead_{name}_any": score - max(_next_best(item, ranking.leaders), unrelated),
            f"lead_{name}_not_covered": score - max(ranking.not_covered, unrelated),
        }

    def _shared_terms(self, item: int, view: LexicalView) -> dict[str, float]:
        """Return the query's terms that the item's phrasings, points and quotes contain, with their weights."""
        terms = self.catalogue.terms_of(item)
        at = np.minimum(np.searchsorted(terms, view.known), len(terms) - 1)
        return {
            view.known_terms[number]: view.weights[number]
            for number in np.flatnonzero(terms[at] == view.known).tolist()
        }

    def rival(self, item: int, leaders: Iterable[tuple[int, float]], none: float = 0.0) -> float:
        """Return the best score in `leaders` of an entry that shares no quoted line with `item`; `none` without one."""
        rivals = (score for other, score in leaders if other != item and not self.overlap(item, other))
        return next(rivals, none)

    def overlap(self, one: int, other: int) -> bool:
        """Return whether two entries quote a common line."""
        pair = (min(one, other), max(one, other))
        if pair not in self._overlaps:
            first, second = self.catalogue.items[pair[0]], self.catalogue.items[pair[1]]
            self._overlaps[pair] = isinstance(first, Entry) and isinstance(second, Entry) and first.overlaps(second)
        return self._overlaps[pair]


def _next_best(item: int, leaders: Iterable[tuple[int, float]]) -> float:
    """Return the best score in `leaders` of another entry; 0 without one."""
    return next((score for other, score in leaders if other != item), 0.0)


def _is_explained(word: str, shared: Container[str]) -> bool:
    """Return whether an item contains a word, or at least all of its pairs of characters."""
    if f"w:{word}" in shared:
        return True
    pairs = [f"b:{word[at : at + 2]}" for at in range(len(word) - 1)]
    return not word.isascii() and bool(pairs) and all(pair in shared for pair in pairs)


def _unmatched_names(marked: Mapping[str, float], shared: Container[str]) -> float:
    """Return the weight of names and numbers in the query that the item lacks, bounded."""
    return min(sum(weight for word, weight in marked.items() if f"w:{word}" not in shared), _MAX_UNMATCHED_NAMES)
