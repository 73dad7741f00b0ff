"""Where the bands of a score lie: where answering, asking back and saying nothing cost least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.example_table import ExampleTable
from bot.evaluation.examples import ANSWERABLE, VAGUE
from bot.evaluation.regression import Doubles, Truths
from bot.matching.decide import MAX_SUGGESTIONS
from bot.matching.weights import Bands

WRONG_COST = 4.0
NEEDLESS_COST = 1.0
MISSED_COST = 1.5
READING_COST = 0.1
"""Costs of a wrong answer, of a needless "did you mean", of a missed answer, of reading one more suggestion."""
BOOTSTRAP_SAMPLES = 500
ANSWER_QUANTILE = 0.05
"""Quantile of the cheapest thresholds from which on to answer: the lower end of the usual 90% interval."""
_GRID = np.arange(0.02, 0.96, 0.01)


@dataclass(frozen=True)
class RankedQuestions:
    """Questions with what decides about them, one element per question."""

    score: Doubles
    """Score of the best candidate."""
    right: Truths
    """Whether the best candidate is right."""
    offered: Truths
    """Whether a right one is among the candidates that would be suggested."""
    answerable: Truths
    """Whether the knowledge answers it."""
    vague: Truths
    """Whether it is right to ask back."""
    share: Doubles
    """Share of the expected traffic that the question stands for."""
    best: NDArray[np.intp]
    """Row of the best candidate in the table of examples."""

    def answered_cost(self) -> Doubles:
        """Return what each costs where its best candidate is the answer."""
        return np.asarray(self.share * np.where(self.right, 0.0, WRONG_COST))

    def asked_back_cost(self) -> Doubles:
        """Return what each costs where the likeliest candidates are suggested."""
        needless = ~(self.answerable | self.vague) | self.right
        lost = self.answerable & ~self.offered
        return np.asarray(self.share * np.where(needless, NEEDLESS_COST, np.where(lost, MISSED_COST, 0.0)))

    def silent_cost(self) -> Doubles:
        """Return what each costs where nothing is offered."""
        return np.asarray(self.share * np.where(self.answerable | self.vague, MISSED_COST, 0.0))


def bands(questions: RankedQuestions) -> Bands:
    """Return the bands with the least cost; the floor is where one more suggestion is worth its reading.

    The cost hardly changes over a wide range, so where it is least on one sample is a matter of luck. Of the places
    where it is least on bootstrap samples (Efron 1979) of the questions, a low quantile is taken: where the costs
    can't tell, an answer is worth more than a question back.
    """
    floor = suggestion_floor()
    asked_back = questions.asked_back_cost()
    count = len(questions.share)
    drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), BOOTSTRAP_SAMPLES)
    answer = _cheapest(drawn, questions.score, questions.answered_cost() - asked_back)
    suggest = np.minimum(_cheapest(drawn, questions.score, asked_back - questions.silent_cost()), answer)
    low, middle = (
        round(float(np.quantile(band, part)), 2) for band, part in ((answer, ANSWER_QUANTILE), (suggest, 0.5))
    )
    return Bands(answer=low, suggest=min(max(middle, floor), low), floor=floor)


def reply_costs(questions: RankedQuestions, chosen: Bands) -> Doubles:
    """Return what the reply to each question costs under given bands."""
    shown = np.where(questions.score >= chosen.suggest, questions.asked_back_cost(), questions.silent_cost())
    return np.where(questions.score >= chosen.answer, questions.answered_cost(), shown)


def suggestion_floor() -> float:
    """Return the score from which a suggestion is worth its reading."""
    return round(READING_COST / MISSED_COST, 2)


def ranked(table: ExampleTable, scores: Doubles) -> RankedQuestions:
    """Put the candidates of each question in order of their scores."""
    order = np.lexsort((~table.right, -scores, table.owner))
    owner = table.owner[order]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    place = np.arange(len(owner)) - np.repeat(first, np.diff(first, append=len(owner)))
    in_order, right = scores[order], table.right[order]
    would_help = right & (place < MAX_SUGGESTIONS) & (in_order >= suggestion_floor())
    return RankedQuestions(
        score=in_order[first],
        right=right[first],
        offered=np.logical_or.reduceat(would_help, first),
        answerable=np.array([asked.traffic == ANSWERABLE for asked in table.asked]),
        vague=np.array([asked.traffic == VAGUE for asked in table.asked]),
        share=table.shares(),
        best=order[first],
    )


def _cheapest(drawn: NDArray[np.int64], score: Doubles, excess: Doubles) -> Doubles:
    """Return for each sample the threshold from which on to do the one thing rather than the other.

    `drawn` tells how often each question is in a sample, one row per sample; `excess` what the one thing costs more.
    """
    above = score[:, None] >= _GRID
    return np.asarray(_GRID[(drawn @ (above * excess[:, None])).argmin(axis=1)])
