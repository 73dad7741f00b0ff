"""Decides whether an update whose handling failed is handled again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from telegram.error import RetryAfter, TelegramError

from bot.telegram.client import ExponentialDelay, is_network_failure

MAX_FAILURES = 3
"""How often handling an update may fail by a defect of the bot before the update becomes a dead letter."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The update is to be handled again."""

    wait: float
    """Seconds until then."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The update is to become a dead letter."""

    failures: int
    """How often handling it failed."""
    error: str
    """Where it failed last: an exception's type and its way through the code."""


AttemptVerdict: TypeAlias = TryAgain | GaveUp | None
"""What is to become of an update; None where it is done, be it with an apology."""


@dataclass
class _Record:
    """What happened to an update so far."""

    failures: int = 0
    delay: ExponentialDelay = field(default_factory=ExponentialDelay)
    verdict: AttemptVerdict = None


class Attempts:
    """Records the attempts to handle the updates in progress, and judges their failures."""

    def __init__(self) -> None:
        """Start with no update in progress."""
        self._records: dict[int, _Record] = {}

    def begin(self, update_id: int) -> None:
        """Record that an attempt begins."""
        self._records.setdefault(update_id, _Record()).verdict = None

    def record_failure(self, update_id: int | None, error: Exception | None, where: str) -> AttemptVerdict:
        """Judge the failure of an attempt; None, as for a final one, where no such update is in progress."""
        record = self._records.get(update_id) if update_id is not None else None
        if record is None:
            return None
        record.verdict = _judge(record, error, where)
        return record.verdict

    def verdict(self, update_id: int) -> AttemptVerdict:
        """Return what is to become of an update after its attempt."""
        return self._records[update_id].verdict

    def forget(self, update_id: int) -> None:
        """Drop the record of an update that is completed."""
        self._records.pop(update_id, None)


def _judge(record: _Record, error: Exception | None, where: str) -> AttemptVerdict:
    if isinstance(error, TelegramError):
        if isinstance(error, RetryAfter) or is_network_failure(error):
            return TryAgain(record.delay.after(error))
        return None  # Telegram refused, and would again
    record.failures += 1
    return TryAgain(0.0) if record.failures < MAX_FAILURES else GaveUp(record.failures, where)
