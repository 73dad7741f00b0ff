"""Whether an update that failed is handled another time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.telegram.client import INITIAL_WAIT_SECONDS, MAX_WAIT_SECONDS, asked_to_wait

MAX_FAILURES = 3
"""How often an update may fail by a fault of our own before it is set aside."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The update is to be handled again."""

    wait: float
    """After so many seconds."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The update is set aside."""

    failures: int
    """How often it failed."""
    error: str
    """Where it failed last."""


Verdict: TypeAlias = TryAgain | GaveUp | None
"""None where the update is done, be it with an apology."""


@dataclass
class _Record:
    """What happened to an update so far."""

    failures: int = 0
    wait: float = INITIAL_WAIT_SECONDS
    verdict: Verdict = None


class Attempts:
    """Judges the failures of the updates that are at work."""

    def __init__(self) -> None:
        """Begin with nothing at work."""
        self._records: dict[int, _Record] = {}

    def begin(self, update_id: int) -> None:
        """Note that an attempt begins."""
        self._records.setdefault(update_id, _Record()).verdict = None

    def record_failure(self, update_id: int | None, error: Exception | None, where: str) -> Verdict:
        """Judge the failure of an attempt; where nothing is at work under that number, it is final."""
        record = self._records.get(update_id) if update_id is not None else None
        if record is not None:
            record.verdict = _judge(record, error, where)
        return record.verdict if record is not None else None

    def verdict(self, update_id: int) -> Verdict:
        """Return what is to become of an update after its attempt."""
        return self._records[update_id].verdict

    def forget(self, update_id: int) -> None:
        """Forget an update."""
        self._records.pop(update_id, None)


def _judge(record: _Record, error: Exception | None, where: str) -> Verdict:
    if isinstance(error, RetryAfter):
        return TryAgain(asked_to_wait(error))
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        wait, record.wait = record.wait, min(record.wait * 2, MAX_WAIT_SECONDS)
        return TryAgain(wait)
    if isinstance(error, TelegramError):
        return None  # it said no, and would again
    record.failures += 1
    return TryAgain(0.0) if record.failures < MAX_FAILURES else GaveUp(record.failures, where)
