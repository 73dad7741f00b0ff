"""Telling a failure that repeats itself once, and waiting ever longer."""

from __future__ import annotations

import logging
from datetime import timedelta

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

INITIAL_WAIT_SECONDS = 1.0
MAX_WAIT_SECONDS = 30.0


class OutageLog:
    """What the log was told of an outage; requests that fail side by side share it, so that one tells it for all."""

    def __init__(self, log: logging.Logger) -> None:
        """Begin with all well."""
        self._log = log
        self._kind: type[TelegramError] | None = None

    def report_failure(self, advice: str, kind: type[TelegramError]) -> None:
        """Tell a failure, unless one of its kind was the last one told."""
        if kind is not self._kind:
            self._log.warning("%s", advice)
            self._kind = kind

    def report_recovery(self) -> None:
        """Tell that it works, where it didn't."""
        if self._kind is not None:
            self._log.info("Telegram answers again")
        self._kind = None


class Backoff:
    """A stretch of failures: the log gets one line at its start, or where its kind changes, and one at its end."""

    def __init__(self, outages: OutageLog) -> None:
        """Begin with all well; `outages` may be shared."""
        self._outages = outages
        self._wait = INITIAL_WAIT_SECONDS

    def record_failure(self, error: TelegramError, advice: str) -> float:
        """Note a failure; return the seconds to wait before the next attempt."""
        self._outages.report_failure(advice, _kind(error))
        wait = max(self._wait, asked_to_wait(error))
        self._wait = min(self._wait * 2, MAX_WAIT_SECONDS)
        return wait

    def record_success(self) -> None:
        """Note that it works."""
        self._outages.report_recovery()
        self._wait = INITIAL_WAIT_SECONDS


def _kind(error: TelegramError) -> type[TelegramError]:
    """Tell failures apart by what can be done; while the network is away, it fails in many ways."""
    return NetworkError if isinstance(error, NetworkError) and not isinstance(error, BadRequest) else type(error)


def asked_to_wait(error: TelegramError) -> float:
    """Return the seconds that Telegram asks to wait, 0 where it doesn't."""
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
