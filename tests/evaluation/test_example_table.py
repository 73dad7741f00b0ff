"""Examples as arrays: what belongs together stays so, and an interview counts by the root of its questions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bot.evaluation.example_table import TRAFFIC, ExampleTable, as_table, joined
from bot.evaluation.examples import ANSWERABLE, Example


def table(interview: str, questions: int, *, form: str = "whole", far: int = 0) -> ExampleTable:
    """Make questions with two candidates each, the last of which are unanswerable."""
    return as_table(
        (
            Example(f"q{at}", {"dice": place / 2, "at": float(at)}, place == 1, "far" if at < far else ANSWERABLE)
            for at in range(questions)
            for place in range(2)
        ),
        interview,
        form,
    )


def test_candidates_keep_their_question() -> None:
    both = joined([table("a", 3), joined([]), table("b", 2)])
    assert both.owner.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert [asked.interview for asked in both.asked] == list("aaabb")
    (left,) = both.of_interviews(["b"]).interviews
    assert left == "b"
    assert both.of_interviews(["b"]).owner.tolist() == [0, 0, 1, 1]
    assert both.of_interviews(["b"]).raw.tolist() == table("b", 2).raw.tolist()


def test_candidates_that_come_apart_are_put_together() -> None:
    examples = [Example(name, {"dice": number}, False, "far") for number, name in enumerate("abab")]
    made = as_table(examples)
    assert made.owner.tolist() == [0, 0, 1, 1]
    assert made.raw[:, 0].tolist() == [0, 2, 1, 3]


def test_an_interview_weighs_the_root_of_the_number_of_its_questions_in_however_many_forms() -> None:
    forms = [table("a", 30), table("b", 3), table("b", 3, form="thinned 1")]
    both = joined(forms)
    of = np.array([asked.interview for asked in both.asked])
    weights, shares = both.weights(), both.shares()
    weight_of_a, weight_of_b = (weights[(of == name)[both.owner]].sum() for name in "ab")
    assert weight_of_a / weight_of_b == pytest.approx(math.sqrt(30 / 3))
    assert shares[of == "a"].sum() / shares[of == "b"].sum() == pytest.approx(math.sqrt(30 / 3))
    assert weights.sum() == pytest.approx(2 * 33)  # to ask again adds no weight


def test_kinds_count_by_their_share_of_the_traffic() -> None:
    made = joined([table("a", 10, far=8), table("b", 10, far=1)])
    far = np.array([asked.traffic == "far" for asked in made.asked])
    shares = made.shares()
    assert shares[far].sum() / shares[~far].sum() == pytest.approx(TRAFFIC["far"] / TRAFFIC[ANSWERABLE])
