"""How well the bot answers, beside its peers on the same knowledge and the same questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.answers.assistant import Assistant
from bot.answers.reply import Decision, Reply, Scored
from bot.evaluation.ask_all import ask_all
from bot.evaluation.judge import Judgement, judge
from bot.evaluation.questions import EvaluationQuestion
from bot.evaluation.report import figures
from bot.knowledge.model import Entry
from bot.matching.catalogue import Catalogue
from bot.matching.matcher import Matcher
from tests.benchmarks.peers import Scores, peers
from tests.benchmarks.rates import threshold
from tests.benchmarks.table import table
from tests.builders import SHIPPED, Prebuilt

BOT = "the bot"


@dataclass(frozen=True, slots=True)
class Choice:
    """What one contestant would answer to one question."""

    entry: Entry | None
    """The best entry; None where nothing comes near."""
    score: float
    """More is surer, in the contestant's own unit; minus infinity where a not-covered topic comes nearer."""


@dataclass(frozen=True)
class Contestant:
    """How one way of answering fared."""

    name: str
    forced: tuple[Judgement, ...]
    """Every question answered by the best entry, however unsure."""
    banded: tuple[Judgement, ...]
    """Answered above a threshold alone: the bot at its own, the others at the bot's false-answer rate."""


def quality(matcher: Matcher, questions: Sequence[EvaluationQuestion]) -> Iterator[str]:
    """Measure everybody, and yield the tables."""
    bot = _bot(matcher, questions)
    allowed = sum(judgement.strict.wrong for judgement in bot.banded if _unanswerable(judgement.question))
    contestants = [*_peers(matcher, questions, allowed), bot]
    count = sum(map(_unanswerable, questions))
    yield f"{len(questions)} questions, {count} of them not answered by the interviews"
    yield ""
    yield "hit@1, answering every question with the best entry"
    yield from _hits({contestant.name: contestant.forced for contestant in contestants})
    yield ""
    yield f"hit@1 at the false-answer rate of the bot ({allowed} of {count})"
    yield from _hits({contestant.name: contestant.banded for contestant in contestants})
    yield ""
    yield "false answers by kind, at those thresholds"
    yield from _false_answers({contestant.name: contestant.banded for contestant in contestants})


def choices(scores: Scores, catalogue: Catalogue) -> list[Choice]:
    """Turn scores by phrasing into the best entry of each question; not-covered topics compete as decoys."""
    if not catalogue.entry_count:
        return [Choice(None, -np.inf) for _ in scores]
    items = np.maximum.reduceat(scores, catalogue.first[:-1], axis=1)
    entries, not_covered = items[:, : catalogue.entry_count], items[:, catalogue.entry_count :]
    decoyed = not_covered.max(axis=1, initial=-np.inf) > entries.max(axis=1)
    found: list[Choice] = []
    for best, row, out in zip(entries.argmax(axis=1).tolist(), entries, decoyed.tolist(), strict=True):
        entry = catalogue.items[best]
        if not isinstance(entry, Entry):
            raise TypeError(f"{entry.key} is no entry")
        found.append(Choice(entry, -np.inf if out else float(row[best])))
    return found


def at_rate(questions: Sequence[EvaluationQuestion], chosen: Sequence[Choice], allowed: int) -> tuple[Judgement, ...]:
    """Judge the choices above the threshold that lets `allowed` of the unanswerable questions through."""
    unanswerable = [choice.score for asked, choice in zip(questions, chosen, strict=True) if _unanswerable(asked)]
    limit = threshold(unanswerable, allowed)
    return tuple(
        judge(asked, _reply(asked, choice if choice.score > limit else Choice(None, choice.score)))
        for asked, choice in zip(questions, chosen, strict=True)
    )


def _peers(matcher: Matcher, questions: Sequence[EvaluationQuestion], allowed: int) -> Iterator[Contestant]:
    catalogue = matcher.engine.catalogue
    texts = [asked.text for asked in questions]
    for name, peer in peers(matcher.engine).items():
        chosen = choices(peer(texts, catalogue.phrasings), catalogue)
        forced = tuple(judge(asked, _reply(asked, choice)) for asked, choice in zip(questions, chosen, strict=True))
        yield Contestant(name, forced, at_rate(questions, chosen, allowed))


def _bot(matcher: Matcher, questions: Sequence[EvaluationQuestion]) -> Contestant:
    banded = tuple(ask_all(Assistant(Prebuilt(matcher), SHIPPED), questions))
    forced = tuple(
        judgement if judgement.reply.answers else judge(judgement.question, _forced(matcher, judgement.question))
        for judgement in banded
    )
    return Contestant(BOT, forced, banded)


def _forced(matcher: Matcher, asked: EvaluationQuestion) -> Reply:
    """Answer with the first candidate, whatever its score; small talk has none."""
    entries = (found.entry for found in matcher.decide(asked.text).candidates)
    return _reply(asked, Choice(next(entries, None), 0.0))


def _reply(asked: EvaluationQuestion, choice: Choice) -> Reply:
    if choice.entry is None:
        return Reply(asked.text, Decision("unknown", "zh"))
    return Reply(asked.text, Decision("answered", "zh", answers=(Scored(choice.entry, 0.0),)))


def _unanswerable(asked: EvaluationQuestion) -> bool:
    return not asked.topics and asked.conversation is None


def _plain(asked: EvaluationQuestion) -> bool:
    """Tell whether a question stands alone and asks about one topic, which is all that a peer can answer."""
    return len(asked.topics) == 1 and asked.conversation is None


def _hits(judgements: Mapping[str, Sequence[Judgement]]) -> Iterator[str]:
    rows = [
        (name, {group.group: group.strict.hit for group in figures(of) if group.answerable})
        for name, of in judgements.items()
    ]
    for name, shares in rows:
        plain = [judgement.strict.hit for judgement in judgements[name] if _plain(judgement.question)]
        shares["one topic"] = sum(plain) / len(plain) if plain else 0.0
    kinds = list(rows[0][1])
    yield from table(["", *kinds], [(name, *(f"{shares[kind]:.3f}" for kind in kinds)) for name, shares in rows])
    rivals, (_, own) = rows[:-1], rows[-1]
    leads = (own[kind] - max(shares[kind] for _, shares in rivals) for kind in kinds)
    yield "the bot above the best peer, in points: " + ", ".join(
        f"{kind} {lead * 100:+.1f}" for kind, lead in zip(kinds, leads, strict=True)
    )


def _false_answers(judgements: Mapping[str, Sequence[Judgement]]) -> Iterator[str]:
    groups = {name: [group for group in figures(of) if not group.answerable] for name, of in judgements.items()}
    head = [f"{group.group} ({group.strict.count})" for group in groups[BOT]]
    yield from table(
        ["", *head], [(name, *(f"{group.strict.wrong:.3f}" for group in found)) for name, found in groups.items()]
    )
