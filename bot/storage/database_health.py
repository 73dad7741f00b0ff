"""Tracks whether the database is available; logs once when it stops being so, and once when it is again."""

from __future__ import annotations

import logging

from bot.errors import StorageError

LOG = logging.getLogger(__name__)


class DatabaseHealth:
    """The current failure of each writer to the database."""

    def __init__(self) -> None:
        """Start without failures."""
        self._failures: dict[object, StorageError] = {}

    @property
    def failure_reason(self) -> str | None:
        """Why the database is unavailable; None while it is available."""
        return None if self.failure is None else str(self.failure)

    @property
    def failure(self) -> StorageError | None:
        """The failure that makes the database unavailable; None while it is available."""
        return next(iter(self._failures.values()), None)

    def failed(self, writer: object, error: Exception) -> None:
        """Record that a writer failed; a defect is logged without its text, which may be private."""
        if isinstance(error, StorageError):
            self._set_failure(writer, error)
        else:
            LOG.debug("%s failed", type(writer).__name__, exc_info=error)
            name = type(error).__name__
            self._set_failure(writer, StorageError(f"a defect, {name}", "defect", {"name": name}))

    def recovered(self, writer: object) -> None:
        """Record that a writer succeeded; the database is available again once every writer that failed has."""
        if self._failures.pop(writer, None) is not None and not self._failures:
            LOG.info("The database serves again; what was answered meanwhile is stored")

    def _set_failure(self, writer: object, failure: StorageError) -> None:
        if str(failure) not in map(str, self._failures.values()):
            LOG.warning("Nothing can be stored: %s. Until it can, answers come from memory alone", failure)
        self._failures[writer] = failure
