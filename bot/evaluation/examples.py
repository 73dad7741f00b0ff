"""Examples to learn the weights from: question files, and the knowledge with one phrasing left out at a time."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.evaluation.judge import entry_hits
from bot.evaluation.questions import Asked
from bot.knowledge.model import Entry
from bot.matching.engine import Engine
from bot.matching.index import Floats
from bot.matching.model import Query

LEFT_OUT_WEIGHT = 0.3
"""Weight of a left-out phrasing against 1 for a question that was asked: curators write plainer than users."""
ANSWERABLE = "answerable"
_WHOLE_TOPIC = 7
"""Out of ten phrasings of an absent topic, so many are asked as if the topic had never been thought of."""


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of one question."""

    question: str
    """Id of the question; all its candidates stay together in cross-validation."""
    kind: str
    """File of the question, or "left-out"."""
    features: Mapping[str, float]
    """The evidence, by feature name."""
    right: bool
    """Whether the candidate is a right answer."""
    weight: float
    """How much it counts in the regression; 1 for a question that was asked."""
    traffic: str
    """Which part of the expected traffic the question stands for (see `training.TRAFFIC`)."""


def of_questions(engine: Engine, asked: Iterable[Asked], *, meaning: bool) -> Iterator[Example]:
    """Yield the candidates of every question about at most one topic."""
    for question in asked:
        if question.turn or len(question.topics) > 1:
            continue
        text = engine.reader.normalise(question.text)
        traffic = ANSWERABLE if question.topics else question.kind
        for query in _ways(engine, text, meaning=meaning):
            row = engine.embedder.encode([query.text])[0] if meaning and engine.embedder is not None else None
            for item, features in _evidence(engine, query, row, ()).items():
                entry = engine.catalogue.items[item]
                right = bool(question.topics) and isinstance(entry, Entry) and entry_hits(entry, question.topics[0])
                yield Example(question.id, question.file, features, right, 1.0, traffic)


def of_knowledge(engine: Engine, *, meaning: bool) -> Iterator[Example]:
    """Yield the candidates of phrasings, each asked as if nobody had written it.

    Every second one is taken, by hash, so that the choice doesn't move when others are added.
    """
    catalogue = engine.catalogue
    for number, text in enumerate(catalogue.texts):
        owner = int(catalogue.owner[number])
        digest = zlib.crc32(text.encode())
        if digest % 2:
            continue
        is_entry = owner < catalogue.entry_count
        whole = not is_entry and digest // 2 % 10 < _WHOLE_TOPIC
        hidden = frozenset(catalogue.phrasings_of(owner)) if whole else frozenset({number})
        row = engine.vectors.phrasings[number] if meaning and engine.vectors is not None else None
        for item, features in _evidence(engine, engine.reader.of_normalised(text), row, hidden).items():
            right = is_entry and (item == owner or engine.examiner.overlap(item, owner))
            yield Example(
                f"left-out/{number}", "left-out", features, right, LEFT_OUT_WEIGHT, ANSWERABLE if is_entry else ""
            )


def _ways(engine: Engine, text: str, *, meaning: bool) -> Sequence[Query]:
    repaired = engine.repair(text) if meaning else text
    return [engine.reader.of_normalised(way) for way in dict.fromkeys((text, repaired)) if way]


def _evidence(
    engine: Engine, query: Query, meaning: Floats | None, hidden: Collection[int]
) -> Mapping[int, Mapping[str, float]]:
    """Return the evidence on each candidate; `meaning` is the query's unit vector, or None to do without."""
    semantic = None
    if meaning is not None and engine.vectors is not None:
        semantic = engine.examiner.semantic(meaning, engine.vectors, hidden)
    lexical = engine.examiner.lexical(query, hidden)
    chosen = engine.examiner.candidates(lexical, semantic)
    return {item: engine.examiner.features(item, lexical, semantic) for item in chosen}
