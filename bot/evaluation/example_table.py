"""Training examples as arrays: a row a candidate, and beside them what was asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.examples import ANSWERABLE, VAGUE, Example
from bot.evaluation.regression import Doubles, Singles, Truths

Numbers = NDArray[np.int32]

TRAFFIC = {
    ANSWERABLE: 0.74,
    VAGUE: 0.035,
    "far": 0.05,
    "near": 0.07,
    "false-premise": 0.06,
    "chitchat": 0.025,
    "attack": 0.02,
}
"""Expected shares of the messages, by kind; the files contain more of the hard kinds than users bring."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked of one knowledge."""

    interview: str
    """The interview that it is about."""
    knowledge: str
    """Which form of the knowledge it was asked of: whole, or thinned in one way."""
    question: str
    """Id of the question, the same for every form of the knowledge."""
    traffic: str
    """Which part of the expected traffic it stands for (see `TRAFFIC`)."""


@dataclass(frozen=True)
class ExampleTable:
    """Candidates of questions."""

    names: tuple[str, ...]
    """Features, in the order of the columns; none where there is no example."""
    raw: Singles
    """Features: a row a candidate."""
    right: Truths
    """Per candidate: whether it is a right answer."""
    owner: Numbers
    """Per candidate: number of its question; ascending."""
    asked: tuple[Asked, ...]
    """The questions."""

    @property
    def interviews(self) -> tuple[str, ...]:
        """The interviews that the questions are about, each once."""
        return tuple(dict.fromkeys(asked.interview for asked in self.asked))

    @property
    def different(self) -> int:
        """How many questions there are, however many forms of a knowledge each was asked of."""
        return len({(asked.interview, asked.question) for asked in self.asked})

    def of_interviews(self, interviews: Iterable[str]) -> ExampleTable:
        """Return the part that is about some interviews."""
        wanted = frozenset(interviews)
        chosen = np.array([asked.interview in wanted for asked in self.asked], bool)
        rows = chosen[self.owner]
        number = (np.cumsum(chosen) - 1).astype(np.int32)
        return ExampleTable(
            self.names,
            self.raw[rows],
            self.right[rows],
            number[self.owner[rows]],
            tuple(asked for asked in self.asked if asked.interview in wanted),
        )

    def shares(self) -> Doubles:
        """Return for each question its share of the expected traffic; the mean is 1.

        An interview counts by the root of the number of its questions: one of which thirty times as much is known
        says more, but not thirty times as much.
        """
        counts = Counter((asked.interview, asked.traffic) for asked in self.asked)
        share = {key: TRAFFIC.get(key[1], TRAFFIC["near"]) for key in counts}  # curators name kinds as they like
        present = {
            interview: sum(traffic for (of, _), traffic in share.items() if of == interview)
            for interview in self.interviews
        }
        counted = self._root_counts()
        shares = np.array(
            [
                share[key] / present[asked.interview] / counts[key] * counted[asked.interview]
                for asked in self.asked
                for key in [(asked.interview, asked.traffic)]
            ]
        )
        return np.asarray(shares / shares.mean())

    def weights(self) -> Doubles:
        """Return for each candidate what it counts for: interviews as in `shares`, the questions of one equally.

        All together weigh as much as there are candidates of different questions: to ask the same question of another
        form of the knowledge adds no weight.
        """
        count = Counter(asked.interview for asked in self.asked)
        counted = self._root_counts()
        by_question = np.array([counted[asked.interview] / count[asked.interview] for asked in self.asked])
        weights = by_question[self.owner]
        return np.asarray(weights * (len(self.raw) / weights.sum() * self.different / len(self.asked)))

    def _root_counts(self) -> dict[str, float]:
        different = Counter(interview for interview, _ in {(asked.interview, asked.question) for asked in self.asked})
        return {interview: math.sqrt(count) for interview, count in different.items()}


def as_table(examples: Iterable[Example], interview: str = "", knowledge: str = "") -> ExampleTable:
    """Collect the examples of one form of a knowledge."""
    names: tuple[str, ...] = ()
    rows: list[list[float]] = []
    right: list[bool] = []
    owner: list[int] = []
    asked: dict[str, Asked] = {}
    numbers: dict[str, int] = {}
    for example in examples:
        names = names or tuple(example.features)
        rows.append([example.features[name] for name in names])
        right.append(example.right)
        asked.setdefault(example.question, Asked(interview, knowledge, example.question, example.traffic))
        owner.append(numbers.setdefault(example.question, len(numbers)))
    order = np.argsort(np.array(owner, np.int32), kind="stable")
    return ExampleTable(
        names,
        np.array(rows, np.float32).reshape(len(rows), len(names))[order],
        np.array(right, bool)[order],
        np.array(owner, np.int32)[order],
        tuple(asked.values()),
    )


def joined(tables: Sequence[ExampleTable]) -> ExampleTable:
    """Return one table of several."""
    filled = [table for table in tables if len(table.raw)]
    starts = np.cumsum([0, *(len(table.asked) for table in filled)])
    return ExampleTable(
        next((table.names for table in filled), ()),
        np.concatenate([np.empty((0, 0), np.float32)] if not filled else [table.raw for table in filled]),
        np.concatenate([np.empty(0, bool), *(table.right for table in filled)]),
        np.concatenate(
            [np.empty(0, np.int32), *(table.owner + start for table, start in zip(filled, starts, strict=False))]
        ).astype(np.int32),
        tuple(asked for table in filled for asked in table.asked),
    )
