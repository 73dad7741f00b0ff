"""`ask`: answers for scripts, one question per line, and the features of the candidates for those who ask why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from rich.box import SIMPLE
from rich.console import Console, Group
from rich.table import Table

from bot import compose
from bot.answers import Question
from bot.answers.as_json import to_line
from bot.answers.assistant import Assistant
from bot.answers.plain import render
from bot.cli.stdin_lines import as_question, encodable, stdin_lines
from bot.configuration import Settings
from bot.knowledge import Knowledge
from bot.matching import Candidate, Decision
from bot.matching.matcher import Matcher
from bot.text import Texts

EXPLAINED = 5
"""Candidates that `--explain` shows."""


def add_arguments(parser: ArgumentParser) -> None:
    """Define the question and how it is answered."""
    parser.add_argument(
        "question",
        nargs="*",
        metavar="QUESTION",
        help='the question; without one, each line of standard input is one, plain or as {"q": "…", "chat": "…"}',
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="answer with one JSON object a line")
    form.add_argument("--explain", action="store_true", help="show what was found and how it was scored")


def run(arguments: Namespace, settings: Settings) -> int:
    """Answer in the order of asking, each as soon as it is read."""
    questions: Iterable[Question]
    if arguments.question:
        questions = [Question(encodable(" ".join(arguments.question)))]
    else:
        questions = map(as_question, stdin_lines())
    if arguments.explain:
        return _explain(questions, compose.matcher(settings))
    assistant, texts = compose.assistant(settings), compose.texts(settings)
    if arguments.json:
        return _answer_json(questions, assistant)
    return _answer_plain(questions, assistant, texts)


def _answer_json(questions: Iterable[Question], assistant: Assistant) -> int:
    for question in questions:
        print(to_line(assistant.reply(question)), flush=True)
    return 0


def _answer_plain(questions: Iterable[Question], assistant: Assistant, texts: Texts) -> int:
    knowledge: Knowledge = assistant.knowledge
    for number, question in enumerate(questions):
        separator = "\n" if number else ""
        print(separator + render(assistant.reply(question), knowledge, texts), flush=True)
    return 0


def _explain(questions: Iterable[Question], matcher: Matcher) -> int:
    console = Console(highlight=False, markup=False, emoji=False)
    for question in questions:
        decision = matcher.decide(question.text, question.language_hint, None)
        console.print(explanation(question.text, decision))
    return 0


def explanation(question: str, decision: Decision) -> Group:
    """Lay out the best candidates of a decision, and below them their features, one per row.

    The caption says what was decided, and which not-covered topic came closer than every entry, if one did.
    """
    best = decision.candidates[:EXPLAINED]
    caption = f"{decision.status} · {decision.language}"
    if decision.not_covered is not None:
        caption += f" · not covered: {decision.not_covered.key}"
    found = Table(title=question, caption=caption, title_justify="left", box=SIMPLE)
    for name in ("", "entry", "band", "score", "closest phrasing"):
        found.add_column(name, overflow="fold")
    features = Table("feature", *map(str, range(1, len(best) + 1)), title="features", title_justify="left", box=SIMPLE)
    for number, candidate in enumerate(best, 1):
        band = _band(candidate, decision)
        found.add_row(str(number), candidate.entry.key, band, f"{candidate.score:.3f}", candidate.phrasing)
    for name in dict.fromkeys(name for candidate in best for name in candidate.features):
        values = [candidate.features.get(name, 0.0) for candidate in best]
        if any(values):
            features.add_row(name, *(f"{value:.2f}" for value in values))
    return Group(found, features)


def _band(candidate: Candidate, decision: Decision) -> str:
    """Return the band that a candidate fell into; empty for none."""
    key = candidate.entry.key
    if any(found.entry.key == key for found in decision.answers):
        return "answer"
    return "suggest" if any(found.entry.key == key for found in decision.suggestions) else ""
