"""`knowledge upgrade`: folders in an older form are rewritten in today's."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from bot.configuration import Settings
from bot.errors import BotError, KnowledgeError
from bot.knowledge.curated_files import read_text
from bot.knowledge.folder import (
    INTERVIEW,
    NOT_COVERED,
    interview_folders,
    phrasings_of,
    section_files,
    write_whole,
)
from bot.knowledge.old_layout import SplitFile, split_file
from bot.knowledge.problem_collector import ProblemCollector


def upgrade(arguments: Namespace, settings: Settings) -> int:
    """Rewrite one interview's folder, or all below a knowledge folder; nothing where any file isn't valid."""
    folder: Path = arguments.folder if arguments.folder is not None else settings.knowledge_dir
    collector = ProblemCollector()
    changes: dict[Path, SplitFile] = {}
    for path in _curated(folder):
        taken = collector.attempt(lambda path=path: _split(path))  # type: ignore[misc]  # mypy can't infer a lambda with a default
        if taken is not None:
            changes[path] = taken
    if collector.problems:
        raise KnowledgeError(collector.problems)
    for path, taken in changes.items():
        write_whole(phrasings_of(path), taken.phrasings)  # first, so that a stop in between loses no phrasing
        write_whole(path, taken.yaml)
        print(f"{path}: {_count(taken.moved)} moved to {phrasings_of(path).name}")
    if changes:
        print(f"{_count(sum(taken.moved for taken in changes.values()))} moved; now run: python -m bot knowledge check")
    else:
        print(f"{folder}: nothing to do, its files have today's form already")
    return 0


def _curated(folder: Path) -> Iterator[Path]:
    """Yield the files that may contain phrasings."""
    if not folder.is_dir():
        raise BotError(f"{folder}: there is no such folder; name a knowledge folder or an interview's")
    is_one = (folder / INTERVIEW).is_file()
    interview_dirs = [folder] if is_one else interview_folders(folder)
    if not interview_dirs:
        raise BotError(f"{folder}: holds no interview; name a knowledge folder or an interview's")
    for interview_dir in interview_dirs:
        yield from section_files(interview_dir)
        if (interview_dir / NOT_COVERED).is_file():
            yield interview_dir / NOT_COVERED


def _split(path: Path) -> SplitFile | None:
    name, phrasings = path.as_posix(), phrasings_of(path)
    items = "not_covered" if path.name == NOT_COVERED else "entries"
    there = read_text(phrasings, phrasings.as_posix()) if phrasings.exists() else ""
    return split_file(read_text(path, name), items, there, name)


def _count(phrasings: int) -> str:
    return f"{phrasings:,} {'wording' if phrasings == 1 else 'wordings'}"
