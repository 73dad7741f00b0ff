"""Whether a reply is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.answers import Reply
from bot.evaluation.questions import EvaluationQuestion, Ranges
from bot.knowledge import Entry
from bot.knowledge.verify import MAX_QUOTED_LINES


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one message fared."""

    question: EvaluationQuestion
    """The message, and what would be right."""
    reply: Reply
    """What the bot replied."""
    hit: bool
    """The first answer is right; where several topics were asked about, all of them are answered."""
    resolved: bool
    """A hit, or a right entry among the suggestions."""
    wrong: bool
    """Something was answered, and the first answer isn't right."""
    first_right: bool
    """The first entry shown, answer or suggestion, is right."""


def entry_hits(entry: Entry, gold: Ranges) -> bool:
    """Return whether an entry quotes a line of `gold`, and at most 15 lines in all."""
    quoted = sum(quote.span.last - quote.span.first + 1 for quote in entry.quotes)
    return quoted <= MAX_QUOTED_LINES and any(
        quote.span.first <= last and first <= quote.span.last for quote in entry.quotes for first, last in gold
    )


def judge(question: EvaluationQuestion, reply: Reply) -> Judgement:
    """Compare a reply with what the question file says."""
    answers = [scored.entry for scored in reply.answers]
    everything: Ranges = tuple(span for topic in question.topics for span in topic)
    first_right = bool(answers) and entry_hits(answers[0], everything)
    every = len(question.topics) > 1
    hit = all(_any_hits(answers, topic) for topic in question.topics) if every else first_right
    suggested = [scored.entry for scored in reply.suggestions]
    return Judgement(
        question=question,
        reply=reply,
        hit=hit,
        resolved=hit or (bool(question.topics) and _any_hits(suggested, everything)),
        wrong=reply.status == "answered" and not first_right,
        first_right=_any_hits((answers or suggested)[:1], everything),
    )


def _any_hits(entries: Iterable[Entry], gold: Ranges) -> bool:
    return any(entry_hits(entry, gold) for entry in entries)
