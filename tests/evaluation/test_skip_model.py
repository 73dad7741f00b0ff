"""Words alone are enough from where meaning would change next to nothing."""

from __future__ import annotations

from bot.evaluation.skip_semantic import skip_semantic_from
from bot.evaluation.training import Best

RIGHT: Best = {f"right{number}": (0.99, True) for number in range(400)}
ANSWER = 0.7


def test_where_words_are_always_right_all_of_them_are_sure() -> None:
    assert skip_semantic_from(RIGHT | {"low": (0.8, True)}, RIGHT | {"low": (0.9, True)}, ANSWER) == 0.8


def test_wrong_answers_that_meaning_would_not_give_are_few_where_words_are_sure() -> None:
    wrong: Best = {"first": (0.9, False), "second": (0.85, False), "third": (0.8, False)}
    unsure: Best = dict.fromkeys(wrong, (0.3, False))
    assert skip_semantic_from(RIGHT | wrong, RIGHT | unsure, ANSWER) == 0.9
    assert skip_semantic_from(RIGHT | wrong, RIGHT | wrong, ANSWER) == 0.8


def test_an_answer_that_meaning_would_only_suggest_is_worth_having() -> None:
    words: Best = {f"q{number}": (0.9, True) for number in range(4)}
    assert skip_semantic_from(RIGHT | words, RIGHT | dict.fromkeys(words, (0.5, True)), ANSWER) == 0.9


def test_a_question_that_meaning_finds_nothing_for_counts_as_asked_back() -> None:
    assert skip_semantic_from({"q": (0.9, True)}, {}, ANSWER) == 0.9
