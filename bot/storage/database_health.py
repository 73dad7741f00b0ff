"""Whether the database serves: told once where it stops to, and once where it does again."""

from __future__ import annotations

import logging

from bot.errors import StorageError

LOG = logging.getLogger(__name__)


class DatabaseHealth:
    """What keeps the inbox from being written, by all who write there."""

    def __init__(self) -> None:
        """Begin with all well."""
        self._reasons: dict[object, str] = {}

    @property
    def failure_reason(self) -> str | None:
        """Why the database can't serve; None while it does."""
        return next(iter(self._reasons.values()), None)

    def failed(self, writer: object, error: Exception) -> None:
        """Note that a writer couldn't write; a defect is logged without its text, which may be private."""
        if isinstance(error, StorageError):
            self._set_reason(writer, str(error))
        else:
            LOG.debug("The inbox failed", exc_info=error)
            self._set_reason(writer, f"a defect, {type(error).__name__}")

    def recovered(self, writer: object) -> None:
        """Note that a writer could write; the trouble is over once all can who couldn't."""
        if self._reasons.pop(writer, None) is not None and not self._reasons:
            LOG.info("The database serves again; what was answered meanwhile is noted")

    def _set_reason(self, writer: object, reason: str) -> None:
        if reason not in self._reasons.values():
            LOG.warning("Nothing can be kept: %s. Until it can, answers come from memory alone", reason)
        self._reasons[writer] = reason
