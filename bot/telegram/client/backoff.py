"""How long to wait before something that Telegram didn't answer is tried again."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import RetryAfter, TelegramError

from bot.telegram.client.outage_log import OutageLog

INITIAL_DELAY_SECONDS = 1.0
MAX_DELAY_SECONDS = 30.0
"""Longest delay that the bot chooses itself; a flood wait may be longer."""


def flood_wait_seconds(error: TelegramError) -> float:
    """Return the seconds that Telegram asks to wait; 0 where it doesn't."""
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class ExponentialDelay:
    """The delays between attempts: each twice the last, up to a maximum, and never shorter than a flood wait."""

    def __init__(self) -> None:
        """Start with the shortest delay."""
        self._seconds = INITIAL_DELAY_SECONDS

    def after(self, error: TelegramError) -> float:
        """Return the seconds to wait after an attempt that failed with `error`."""
        seconds = max(self._seconds, flood_wait_seconds(error))
        self._seconds = min(self._seconds * 2, MAX_DELAY_SECONDS)
        return seconds

    def reset(self) -> None:
        """Start again with the shortest delay: an attempt succeeded."""
        self._seconds = INITIAL_DELAY_SECONDS


class Backoff:
    """The delays between attempts, together with the outage log that reports the failures."""

    def __init__(self, outages: OutageLog) -> None:
        """Start with the shortest delay; `outages` may be shared with other requests."""
        self._outages = outages
        self._delay = ExponentialDelay()

    def record_failure(self, error: TelegramError, advice: str) -> float:
        """Report a failed attempt with `advice`; return the seconds to wait before the next one."""
        self._outages.report_failure(error, advice)
        return self._delay.after(error)

    def record_success(self) -> None:
        """Report the end of an outage, if there was one."""
        self._outages.report_recovery()
        self._delay.reset()
