"""The errors that reach an edge; each is shown there as one line, without a traceback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class BotError(Exception):
    """A failure whose message tells a person what is wrong and what to do."""


class UsageError(BotError):
    """A command was called the wrong way (exit code 2)."""


class SettingsError(BotError):
    """A setting is unknown, malformed or contradicts another one."""


class StorageError(BotError):
    """The database is unavailable, full, or refuses what the bot needs."""

    def __init__(self, message: str, kind: str | None = None, values: Mapping[str, str] | None = None) -> None:
        """Name the failure by its `kind` where users are told of it in their language, by the text `database.KIND`.

        `values` are those of the text's placeholders.
        """
        self.kind = kind
        self.values = dict(values or {})
        super().__init__(message)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of a file, at the place where a person mends it."""

    file: str
    """Path of the file or folder, as a person would open it."""
    line: int
    """1-based line; 1 where the fault is the file itself."""
    message: str
    """What is wrong, and what to do."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class FileProblemsError(BotError):
    """Files that a person writes were rejected; carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep `problems` sorted by file and line; there is at least one."""
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class KnowledgeError(FileProblemsError):
    """The knowledge was rejected."""


class QuestionFileError(FileProblemsError):
    """A file of questions for the evaluation was rejected."""
