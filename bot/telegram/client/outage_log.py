"""Telling a failure that repeats itself once, and waiting ever longer."""

from __future__ import annotations

import logging
from datetime import timedelta

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0


class OutageLog:
    """What the log was told of an outage; requests that fail side by side share it, so that one tells it for all."""

    def __init__(self, log: logging.Logger) -> None:
        """Begin with all well."""
        self._log = log
        self._kind: type[TelegramError] | None = None

    def failed(self, advice: str, kind: type[TelegramError]) -> None:
        """Tell a failure, unless one of its kind was the last one told."""
        if kind is not self._kind:
            self._log.warning("%s", advice)
            self._kind = kind

    def over(self) -> None:
        """Tell that it works, where it didn't."""
        if self._kind is not None:
            self._log.info("Telegram answers again")
        self._kind = None


class Backoff:
    """A stretch of failures: the log gets one line at its start, or where its kind changes, and one at its end."""

    def __init__(self, told: OutageLog) -> None:
        """Begin with all well; `told` may be shared."""
        self._told = told
        self._wait = FIRST_WAIT

    def failed(self, error: TelegramError, advice: str) -> float:
        """Note a failure; return the seconds to wait before the next attempt."""
        self._told.failed(advice, _kind(error))
        wait = max(self._wait, asked_to_wait(error))
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        return wait

    def over(self) -> None:
        """Note that it works."""
        self._told.over()
        self._wait = FIRST_WAIT


def _kind(error: TelegramError) -> type[TelegramError]:
    """Tell failures apart by what can be done; while the network is away, it fails in many ways."""
    return NetworkError if isinstance(error, NetworkError) and not isinstance(error, BadRequest) else type(error)


def asked_to_wait(error: TelegramError) -> float:
    """Return the seconds that Telegram asks to wait, 0 where it doesn't."""
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
