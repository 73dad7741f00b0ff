"""A folder of one interview, served as the only one of a knowledge."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.configuration import CONFIG, Settings
from bot.errors import KnowledgeError, Problem
from bot.knowledge.folder import INTERVIEW, LEXICON, interview_folders

SHARED_LEXICON = CONFIG.parent / "knowledge" / LEXICON
"""What stands beside an interview that has no lexicon beside it."""


def evaluated_interviews(folder: Path) -> list[Path]:
    """Return the folders of the interviews of a knowledge folder; of an interview's folder, itself."""
    return [folder] if (folder / INTERVIEW).is_file() else interview_folders(folder)


@contextmanager
def with_knowledge_folder(settings: Settings) -> Iterator[Settings]:
    """Give settings whose knowledge folder holds interviews, where theirs may be the folder of one."""
    interview_dir = settings.knowledge_dir
    if not (interview_dir / INTERVIEW).is_file():
        yield settings
        return
    name = interview_dir.resolve().name
    beside = interview_dir.resolve().parent / LEXICON
    lexicon = beside if beside.is_file() else SHARED_LEXICON
    with TemporaryDirectory(prefix="interview-") as parent:
        copies = {Path(parent, name).as_posix(): interview_dir, Path(parent, LEXICON).as_posix(): lexicon}
        shutil.copytree(interview_dir, Path(parent, name))
        shutil.copy(lexicon, parent)
        try:
            yield settings.model_copy(update={"knowledge_dir": Path(parent)})
        except KnowledgeError as error:
            raise KnowledgeError([_at_its_place(problem, copies) for problem in error.problems]) from None


def _at_its_place(problem: Problem, copies: Mapping[str, Path]) -> Problem:
    """Return a problem of a copy as one of the file that a person can mend."""
    for copy, path in copies.items():
        if problem.file.startswith(copy):
            return replace(problem, file=path.as_posix() + problem.file.removeprefix(copy))
    return problem
