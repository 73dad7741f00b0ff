"""Training examples: the candidates of each question in the question files, labelled right or wrong.

An entry is right where a reader accepts it as the answer, as `judge.is_right` tells.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.evaluation.judge import is_right
from bot.evaluation.questions import EvaluationQuestion
from bot.knowledge import Entry
from bot.matching import AnswerContext, Query
from bot.matching.context_features import features_in_context, stands_alone
from bot.matching.dialogue_patterns import Dialogue
from bot.matching.engine import Engine
from bot.matching.inverted_index import Floats
from bot.matching.message_parts import halves, sentences
from bot.matching.message_topics import possible_splits
from bot.matching.normalise import Normaliser

ANSWERABLE, VAGUE = "answerable", "vague"
"""Parts of the traffic: what the interview answers, and what only a question back can."""

CHANGES = 6
"""One in `CHANGES` questions is used as a change-of-subject example."""


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of one question."""

    question: str
    """Id of the question; all its candidates stay together in cross-validation."""
    features: Mapping[str, float]
    """The features, by feature name."""
    right: bool
    """Whether the candidate is a right answer."""
    traffic: str
    """Which part of the expected traffic the question stands for (see `training.TRAFFIC`)."""


def of_questions(engine: Engine, questions: Iterable[EvaluationQuestion], *, meaning: bool) -> Iterator[Example]:
    """Yield the candidates of every question that at most one entry answers."""
    entries = engine.catalogue.entries
    for question in questions:
        if question.turn or (len(question.topics) > 1 and not any(_answers(entry, question) for entry in entries)):
            continue
        text = engine.parser.normalise(question.text)
        traffic = ANSWERABLE if question.topics else question.kind
        for query in _ways(engine, text, meaning=meaning):
            row = engine.embedder.encode([query.text])[0] if meaning and engine.embedder is not None else None
            for item, features in _candidate_features(engine, query, row).items():
                right = _answers(entries[item], question)
                yield Example(question.id, features, right, traffic)


def of_conversations(engine: Engine, questions: Iterable[EvaluationQuestion]) -> Iterator[Example]:
    """Yield the candidates of every later message of a conversation, as if what came before had been answered right."""
    before: AnswerContext | None = None
    for question in questions:
        if question.conversation is None:
            continue
        text = engine.parser.normalise(question.text)
        ranking = engine.rank(text)
        before = before if question.turn else None
        found = features_in_context(engine, text, ranking, before) if before is not None else []
        for candidate, features in found:
            right = _answers(candidate.entry, question)
            yield Example(question.id, features, right, ANSWERABLE if question.topics else "near")
        candidates = [candidate for candidate, _ in found] or ranking.candidates
        answers = tuple(candidate.entry for candidate in candidates if _answers(candidate.entry, question))
        before = AnswerContext(answers[:1]) if answers else before


def of_changes(engine: Engine, questions: Iterable[EvaluationQuestion]) -> Iterator[Example]:
    """Yield the candidates of some questions as if each came after an answer about something else."""
    entries = engine.catalogue.entries
    for question in questions:
        drawn = zlib.crc32(question.id.encode())
        if question.conversation is not None or len(question.topics) > 1 or drawn % CHANGES:
            continue
        text = engine.parser.normalise(question.text)
        ranking = engine.rank(text)
        if not stands_alone(ranking):
            before = AnswerContext((entries[drawn // CHANGES % len(entries)],))
            for candidate, features in features_in_context(engine, text, ranking, before):
                right = _answers(candidate.entry, question)
                yield Example(question.id, features, right, ANSWERABLE if question.topics else question.kind)


def of_messages(engine: Engine, questions: Iterable[EvaluationQuestion], *, dialogue: Dialogue) -> Iterator[Example]:
    """Yield the ways to read each message as several questions; a way is right where it answers all that was asked."""
    normalise = engine.parser.normalise
    for question in questions:
        if question.turn:
            continue
        inline = normalise.inline(question.text)
        if not _can_be_cut(dialogue, inline, normalise):  # to rank it takes long, and would be in vain
            continue
        ranking = engine.rank(normalise.of_inline(inline))
        if ranking.is_exact:  # it isn't cut
            continue
        for split in possible_splits(engine.rank, normalise, dialogue, inline, ranking):
            answers = [ranking.candidates[0].entry for ranking in split.rankings]
            yield Example(question.id, split.features, _answer_all(answers, question), ANSWERABLE)


def _can_be_cut(dialogue: Dialogue, inline: str, normalise: Normaliser) -> bool:
    """Return whether there is a way to read a message as several questions (see `message_topics.possible_splits`)."""
    ways = (sentences(dialogue, inline, normalise), *halves(dialogue, inline, normalise).values())
    return any(len(parts) > 1 for parts in ways)


def _answers(entry: Entry, question: EvaluationQuestion) -> bool:
    """Return whether an entry answers all that was asked."""
    return bool(question.topics) and all(is_right(entry, topic) for topic in question.topics)


def _answer_all(entries: Sequence[Entry], question: EvaluationQuestion) -> bool:
    """Return whether entries answer all of the several things that were asked, and nothing else."""
    topics = question.topics
    answered = all(any(is_right(entry, topic) for entry in entries) for topic in topics)
    return len(topics) > 1 and answered and all(any(is_right(entry, topic) for topic in topics) for entry in entries)


def _ways(engine: Engine, text: str, *, meaning: bool) -> Sequence[Query]:
    repaired = engine.correct_spelling(text) if meaning else text
    return [engine.parser.parse_normalised(way) for way in dict.fromkeys((text, repaired)) if way]


def _candidate_features(engine: Engine, query: Query, meaning: Floats | None) -> Mapping[int, Mapping[str, float]]:
    """Return the features of each candidate; `meaning` is the query's unit vector, or None to do without."""
    semantic = None
    if meaning is not None and engine.vectors is not None:
        semantic = engine.views.semantic(meaning, engine.vectors)
    lexical = engine.views.lexical(query)
    chosen = engine.extractor.candidates(lexical, semantic)
    return {item: engine.extractor.features(item, lexical, semantic) for item in chosen}
