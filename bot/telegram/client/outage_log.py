"""Reports a failure that repeats itself once, and its end."""

from __future__ import annotations

import logging

from telegram.error import BadRequest, NetworkError, TelegramError


class OutageLog:
    """Writes one line when an outage begins or changes its kind, and one when it ends.

    Requests that fail side by side share an outage log, so that one of them reports the outage for all.
    """

    def __init__(self, log: logging.Logger) -> None:
        """Write to `log`."""
        self._log = log
        self._kind: type[TelegramError] | None = None  # of the failure reported last; None while there is no outage

    def report_failure(self, error: TelegramError, advice: str) -> None:
        """Log `advice` as a warning, unless the last failure was of the same kind."""
        kind = NetworkError if is_network_failure(error) else type(error)
        if kind is not self._kind:
            self._log.warning("%s", advice)
            self._kind = kind

    def report_recovery(self) -> None:
        """Log that Telegram answers again, if there was an outage."""
        if self._kind is not None:
            self._log.info("Telegram answers again")
        self._kind = None


def is_network_failure(error: Exception | None) -> bool:
    """Return whether Telegram wasn't reached or couldn't serve; the library derives refusals from NetworkError too."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)
