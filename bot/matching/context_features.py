"""Features of candidates for a short message that may be a follow-up to the last answer.

Each entry is scored for the message alone ("alone") and for the last question followed by the message ("behind").
The weights of both, and of being related to the last answer, are trained on conversations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.knowledge import Entry
from bot.matching.engine import MAX_QUERY_CHARACTERS, Engine, Ranking
from bot.matching.results import AnswerContext, Candidate
from bot.matching.weights import log_odds

MAX_FOLLOW_UP_TERMS = 56
"""Index terms up to which a message may be a follow-up; a longer one stands alone."""
REASON_KIND = "reason"
"""The kind of answer (see `answer_kinds`) that "why?" asks for."""
_MARKERS = re.compile(
    r"^(?:那么|那|至于|但是|可是|所以)|(?:呢|咧)$|^(?:and|but|so|ok|then) |^(?:(?:and|but|so) )?(?:what|how) about "
)
_LEANING = re.compile(
    r"[它这那]|其中|其他|别的|具体|后来|结果|\b(?:it|this|that|these|those|they|there|others?|else|then)\b"
)


def in_context(engine: Engine, text: str, ranking: Ranking, before: AnswerContext) -> Ranking:
    """Score a normalised message again as a possible follow-up; one that stands alone keeps its ranking."""
    if stands_alone(ranking) or len(text) > MAX_QUERY_CHARACTERS:
        return ranking
    model = engine.weights.in_conversation
    found = features_in_context(engine, text, ranking, before)
    scores = model.trees.probabilities([features for _, features in found])
    candidates = [
        replace(candidate, features=features, score=score)
        for (candidate, features), score in zip(found, scores.tolist(), strict=True)
    ]
    return replace(ranking, candidates=tuple(sorted(candidates, key=lambda candidate: -candidate.score)), model=model)


def stands_alone(ranking: Ranking) -> bool:
    """Return whether a message needs no context: it is long, or exactly a phrasing of the knowledge."""
    return len(ranking.query.terms) > MAX_FOLLOW_UP_TERMS or ranking.is_exact


def features_in_context(
    engine: Engine, text: str, ranking: Ranking, before: AnswerContext
) -> list[tuple[Candidate, Mapping[str, float]]]:
    """Return the candidates of a message in a conversation, each with its features."""
    last = before.entries[0]
    bare = _MARKERS.sub("", text).strip() or text
    relations = _relations(engine, before)
    numbers = engine.catalogue.numbers
    scores = {numbers[candidate.entry.key]: candidate.score for candidate in ranking.candidates}
    topic = last.question if before.point is None else last.points[before.point]
    question = engine.parser.normalise(topic.en if text.isascii() else topic.zh)
    behind = engine.score(f"{question} {bare}", [*scores, *relations])
    items = list(behind)
    alone = engine.score(bare, items)
    by_itself = {item: log_odds(max(alone[item].score, scores.get(item, 0.0))) for item in items}
    with_last = {item: log_odds(behind[item].score) for item in items}
    leaders = sorted(with_last.items(), key=lambda pair: -pair[1])
    shared = {
        "length": min(len(ranking.query.terms) / MAX_FOLLOW_UP_TERMS, 1.0),
        "marker": float(bare != text),
        "leaning": float(bool(_LEANING.search(text))),
        "asks_reason": float(REASON_KIND in engine.extractor.kinds.asked_for(text)),
    }
    return [
        (
            alone[item],
            {
                "alone": by_itself[item],
                "behind": with_last[item],
                "lead_behind": with_last[item] - engine.extractor.rival(item, leaders, log_odds(0.0)),
                "same": float(relations.get(item) == "same"),
                "related": float(relations.get(item) == "related"),
                **{name: alone[item].features[name] for name in ("unexplained", "content_mass", "broad")},
                **shared,
            },
        )
        for item in items
    ]


def related_either_way(engine: Engine, entry: Entry) -> Iterable[Entry]:
    """Yield the entries that an entry names, then those that name it."""
    entries = [other for other in engine.catalogue.entries if other.interview == entry.interview]
    by_id = {item.id: item for item in entries}
    yield from (by_id[other] for other in entry.related if other in by_id)  # a reload may have taken one out
    yield from (item for item in entries if entry.id in item.related and item.id not in entry.related)


def _relations(engine: Engine, before: AnswerContext) -> dict[int, str]:
    """Map entry numbers to their relation to the last reply: "same", or "related" to what it showed."""
    numbers = engine.catalogue.numbers
    relations = {
        numbers[other.key]: "related" for entry in before.entries for other in related_either_way(engine, entry)
    }
    return relations | {numbers[entry.key]: "same" for entry in before.entries if entry.key in numbers}
