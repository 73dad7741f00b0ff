"""Whether a reply is right: by the entries that a reader accepts, and by the lines that it quotes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.answers import Reply
from bot.evaluation.questions import EvaluationQuestion, Ranges, Topic
from bot.knowledge import Entry
from bot.knowledge.verify import MAX_QUOTED_LINES


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one message fared by one measure."""

    hit: bool
    """The first answer is right; where several topics were asked about, all of them are answered."""
    resolved: bool
    """A hit, or what isn't answered is among the suggestions."""
    wrong: bool
    """Something was answered that nobody asked for: the first answer, or, of several topics, any of the answers."""
    first_right: bool
    """The first entry shown, answer or suggestion, is right."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one message fared."""

    question: EvaluationQuestion
    """The message, and what would be right."""
    reply: Reply
    """What the bot replied."""
    strict: Verdict
    """By the entries that a reader accepts as the answer; by lines where the file names none."""
    by_lines: Verdict | None
    """By the lines that an answer quotes; None where the file names none."""


def is_right(entry: Entry, topic: Topic) -> bool:
    """Return whether an entry is an answer that a reader accepts; by its lines where the file names no entries."""
    return entry.id in topic.entries if topic.entries else hits_lines(entry, topic.gold)


def hits_lines(entry: Entry, gold: Ranges) -> bool:
    """Return whether an entry quotes a line of `gold`, and at most 15 lines in all."""
    quoted = sum(quote.span.last - quote.span.first + 1 for quote in entry.quotes)
    return quoted <= MAX_QUOTED_LINES and any(
        quote.span.first <= last and first <= quote.span.last for quote in entry.quotes for first, last in gold
    )


def judge(question: EvaluationQuestion, reply: Reply) -> Judgement:
    """Compare a reply with what the question file says."""
    has_lines = all(topic.gold for topic in question.topics)
    return Judgement(
        question=question,
        reply=reply,
        strict=_strict(question.topics, reply),
        by_lines=_by_lines(question.topics, reply) if has_lines else None,
    )


def _strict(topics: Sequence[Topic], reply: Reply) -> Verdict:
    """Judge by entries: of several topics all are answered, and nothing else is."""
    answers, suggested = _shown(reply)
    several = len(topics) > 1
    counted = answers if several else answers[:1]
    stray = any(not _answers_any(entry, topics) for entry in counted)
    hit = not stray and _cover(counted, topics)
    return Verdict(
        hit=hit,
        resolved=hit or _cover([*answers, *suggested] if several else suggested, topics),
        wrong=stray,
        first_right=any(_answers_any(entry, topics) for entry in (answers or suggested)[:1]),
    )


def _by_lines(topics: Sequence[Topic], reply: Reply) -> Verdict:
    """Judge by lines: any answer that quotes one of them is as good as another."""
    answers, suggested = _shown(reply)
    everything = tuple(span for topic in topics for span in topic.gold)
    first_right = any(hits_lines(entry, everything) for entry in answers[:1])
    hit = all(_any_hits(answers, topic.gold) for topic in topics) if len(topics) > 1 else first_right
    return Verdict(
        hit=hit,
        resolved=hit or _any_hits(suggested, everything),
        wrong=bool(answers) and not first_right,
        first_right=_any_hits((answers or suggested)[:1], everything),
    )


def _shown(reply: Reply) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """Return the entries of the answers and of the suggestions."""
    return [scored.entry for scored in reply.answers], [scored.entry for scored in reply.suggestions]


def _answers_any(entry: Entry, topics: Iterable[Topic]) -> bool:
    return any(is_right(entry, topic) for topic in topics)


def _cover(entries: Collection[Entry], topics: Sequence[Topic]) -> bool:
    """Return whether there is an answer to each topic; False where nothing can be answered."""
    return bool(topics) and all(any(is_right(entry, topic) for entry in entries) for topic in topics)


def _any_hits(entries: Iterable[Entry], gold: Ranges) -> bool:
    return any(hits_lines(entry, gold) for entry in entries)
