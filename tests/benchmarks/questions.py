"""What benchmarks ask: questions that nobody curated, and phrasings of the knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot import compose
from bot.cli.question_sets import OWN_QUESTIONS
from bot.configuration import Settings
from bot.evaluation.questions import read_questions
from bot.knowledge.folder import interview_folders
from bot.knowledge.load import load as load_knowledge


def reporting_files(knowledge: Path) -> Sequence[Path]:
    """Return the files of the questions that report on the interviews of a knowledge folder."""
    return [file for folder in interview_folders(knowledge) if (file := folder / OWN_QUESTIONS).exists()]


def unseen_questions(knowledge: Path) -> Sequence[str]:
    """Return the questions that report on a knowledge folder, each once: none of them is a phrasing of it."""
    asked = (question.text for file in reporting_files(knowledge) for question in read_questions(file))
    return list(dict.fromkeys(asked))


def curated_questions(knowledge: Path, most: int) -> Sequence[str]:
    """Return phrasings of a knowledge folder, as many, evenly over all of it."""
    interviews = load_knowledge(knowledge, compose.normaliser(Settings())).interviews
    found = [one.text for interview in interviews for entry in interview.entries() for one in entry.phrasings]
    return found[:: max(1, len(found) // most)][:most]
