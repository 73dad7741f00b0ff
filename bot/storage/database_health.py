"""Tracks whether the database is available; logs once when it stops being so, and once when it is again."""

from __future__ import annotations

import logging

from bot.errors import StorageError

LOG = logging.getLogger(__name__)


class DatabaseHealth:
    """The current failure of each writer to the database."""

    def __init__(self) -> None:
        """Start without failures."""
        self._reasons: dict[object, str] = {}

    @property
    def failure_reason(self) -> str | None:
        """Why the database is unavailable; None while it is available."""
        return next(iter(self._reasons.values()), None)

    def failed(self, writer: object, error: Exception) -> None:
        """Record that a writer failed; a defect is logged without its text, which may be private."""
        if isinstance(error, StorageError):
            self._set_reason(writer, str(error))
        else:
            LOG.debug("The inbox failed", exc_info=error)
            self._set_reason(writer, f"a defect, {type(error).__name__}")

    def recovered(self, writer: object) -> None:
        """Record that a writer succeeded; the database is available again once every writer that failed has."""
        if self._reasons.pop(writer, None) is not None and not self._reasons:
            LOG.info("The database serves again; what was answered meanwhile is stored")

    def _set_reason(self, writer: object, reason: str) -> None:
        if reason not in self._reasons.values():
            LOG.warning("Nothing can be stored: %s. Until it can, answers come from memory alone", reason)
        self._reasons[writer] = reason
