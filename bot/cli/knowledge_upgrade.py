"""`knowledge upgrade`: folders in an older form are rewritten in today's."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from bot.configuration import Settings
from bot.errors import BotError, KnowledgeError
from bot.knowledge.curated_files import read_text
from bot.knowledge.faults import Faults
from bot.knowledge.folder import (
    INTERVIEW,
    NOT_COVERED,
    interview_folders,
    phrasings_of,
    section_files,
    write_whole,
)
from bot.knowledge.old_layout import TakenApart, take_apart


def upgrade(arguments: Namespace, settings: Settings) -> int:
    """Rewrite one interview's folder, or all below a knowledge folder; nothing where any file isn't sound."""
    folder: Path = arguments.folder if arguments.folder is not None else settings.knowledge_dir
    faults = Faults()
    changes: dict[Path, TakenApart] = {}
    for path in _curated(folder):
        taken = faults.attempt(lambda path=path: _taken_apart(path))  # type: ignore[misc]  # mypy can't infer a lambda with a default
        if taken is not None:
            changes[path] = taken
    if faults.problems:
        raise KnowledgeError(faults.problems)
    for path, taken in changes.items():
        write_whole(phrasings_of(path), taken.phrasings)  # first, so that a stop in between loses no wording
        write_whole(path, taken.yaml)
        print(f"{path}: {_count(taken.moved)} moved to {phrasings_of(path).name}")
    if changes:
        print(f"{_count(sum(taken.moved for taken in changes.values()))} moved; now run: python -m bot knowledge check")
    else:
        print(f"{folder}: nothing to do, its files have today's form already")
    return 0


def _curated(folder: Path) -> Iterator[Path]:
    """Yield the files that may hold wordings."""
    if not folder.is_dir():
        raise BotError(f"{folder}: there is no such folder; name a knowledge folder or an interview's")
    is_one = (folder / INTERVIEW).is_file()
    homes = [folder] if is_one else interview_folders(folder)
    if not homes:
        raise BotError(f"{folder}: holds no interview; name a knowledge folder or an interview's")
    for home in homes:
        yield from section_files(home)
        if (home / NOT_COVERED).is_file():
            yield home / NOT_COVERED


def _taken_apart(path: Path) -> TakenApart | None:
    name, wordings = path.as_posix(), phrasings_of(path)
    items = "not_covered" if path.name == NOT_COVERED else "entries"
    there = read_text(wordings, wordings.as_posix()) if wordings.exists() else ""
    return take_apart(read_text(path, name), items, there, name)


def _count(wordings: int) -> str:
    return f"{wordings:,} {'wording' if wordings == 1 else 'wordings'}"
