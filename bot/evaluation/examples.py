"""Training examples: the candidates of each question in the question files, labelled right or wrong.

An entry is right where a reader accepts it as the answer, as `judge.is_right` tells.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.evaluation.judge import is_right
from bot.evaluation.questions import EvaluationQuestion
from bot.knowledge import Entry
from bot.matching import AnswerContext
from bot.matching.context_features import features_in_context, stands_alone
from bot.matching.dialogue_patterns import Dialogue
from bot.matching.engine import Engine, Form
from bot.matching.message_topics import possible_splits, ways_to_cut

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
    """Which part of the expected traffic the question stands for (see `example_table.TRAFFIC`)."""


def of_questions(engine: Engine, questions: Iterable[EvaluationQuestion]) -> Iterator[tuple[Example, bool]]:
    """Yield the candidates of every question that at most one entry answers, and whether with the model's features."""
    entries = engine.catalogue.entries
    for question in questions:
        if question.turn or (len(question.topics) > 1 and not any(_answers(entry, question) for entry in entries)):
            continue
        text = engine.parser.normalise(question.text)
        traffic = ANSWERABLE if question.topics else question.kind
        for form in _forms(engine, text):
            for item in engine.extractor.candidates(form.view):
                features = engine.extractor.features(item, form.view)
                example = Example(question.id, features, _answers(entries[item], question), traffic)
                yield example, len(form.view.spaces) > 1


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
        whole = normalise.of_inline(inline)
        if engine.is_exact(whole):  # it isn't cut
            continue
        _, ways = ways_to_cut(normalise, dialogue, inline, whole)
        texts = list(dict.fromkeys((whole, *chain.from_iterable(ways.values())))) if ways else []
        ranked = dict(zip(texts, engine.rank_all(texts), strict=True))
        for split in possible_splits(ranked, dialogue, ways, ranked[whole]) if ways else ():
            answers = [ranking.candidates[0].entry for ranking in split.rankings]
            yield Example(question.id, split.features, _answer_all(answers, question), ANSWERABLE)


def _answers(entry: Entry, question: EvaluationQuestion) -> bool:
    """Return whether an entry answers all that was asked."""
    return bool(question.topics) and all(is_right(entry, topic) for topic in question.topics)


def _answer_all(entries: Sequence[Entry], question: EvaluationQuestion) -> bool:
    """Return whether entries answer all of the several things that were asked, and nothing else."""
    topics = question.topics
    answered = all(any(is_right(entry, topic) for entry in entries) for topic in topics)
    return len(topics) > 1 and answered and all(any(is_right(entry, topic) for topic in topics) for entry in entries)


def _forms(engine: Engine, text: str) -> Sequence[Form]:
    """Return the forms of a text, as typed and corrected, without the sentence model's vectors and then with them."""
    forms = [engine.form(way) for way in dict.fromkeys((text, engine.corrected(text))) if way]
    if not forms or engine.embedder is None:
        return forms
    rows = engine.embedder.encode([form.query.text for form in forms])
    return [*forms, *(engine.form_with_model(form, row) for form, row in zip(forms, rows, strict=True))]
