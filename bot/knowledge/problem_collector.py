"""Everything that is wrong with a knowledge folder, collected so that one run reports all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.errors import KnowledgeError, Problem

T = TypeVar("T")


@dataclass
class ProblemCollector:
    """Collects problems and warnings while the files are read."""

    problems: list[Problem] = field(default_factory=list)
    """What keeps the knowledge from being served."""
    warnings: list[Problem] = field(default_factory=list)
    """What reads otherwise than its writer may think."""
    incomplete: set[str] = field(default_factory=set)
    """Ids of the interviews with a section that wasn't read, in which what seems to be missing may be."""

    def attempt(self, read: Callable[[], T]) -> T | None:
        """Return what `read` returns; None where it raises KnowledgeError, whose problems are collected."""
        try:
            return read()
        except KnowledgeError as error:
            self.problems.extend(error.problems)
            return None
