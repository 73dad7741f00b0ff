"""Telling a failure that repeats itself once, and waiting ever longer."""

from __future__ import annotations

import logging
from datetime import timedelta

from telegram.error import RetryAfter, TelegramError

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0


class Outage:
    """A stretch of failures: the log gets one line at its start, or where its kind changes, and one at its end."""

    def __init__(self, log: logging.Logger) -> None:
        """Begin with all well."""
        self._log = log
        self._told: str | None = None
        self._wait = FIRST_WAIT

    def failed(self, advice: str, at_least: float = 0.0) -> float:
        """Note a failure; return the seconds to wait before the next attempt."""
        if advice != self._told:
            self._log.warning("%s", advice)
            self._told = advice
        wait = max(self._wait, at_least)
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        return wait

    def over(self) -> None:
        """Note that it works."""
        if self._told is not None:
            self._log.info("Telegram answers again")
        self._told, self._wait = None, FIRST_WAIT


def asked_to_wait(error: TelegramError) -> float:
    """Return the seconds that Telegram asks to wait, 0 where it doesn't."""
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
