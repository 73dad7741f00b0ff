"""The metrics for Prometheus; each bot has its own, so that several fit into one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.storage.inbox import InboxDepth


class Metrics:
    """Counts what the bot does."""

    def __init__(self) -> None:
        """Start with all counts at zero."""
        self.registry = CollectorRegistry()
        self.questions = Counter("bot_questions", "Questions answered", ["status", "language"], registry=self.registry)
        self.seconds = Histogram(
            "bot_answer_duration_seconds",
            "Time from the start of handling a question to its answer",
            registry=self.registry,
        )
        self.reloads = Counter("bot_reloads", "Reloads of the knowledge", ["outcome"], registry=self.registry)
        self.failures = Counter("bot_update_failures", "Updates that could not be handled", registry=self.registry)
        self._knowledge = Gauge(
            "bot_knowledge_info", "1 for the version of the knowledge in use", ["version"], registry=self.registry
        )
        self._waiting = Gauge("bot_inbox_waiting", "Updates that no replica has claimed yet", registry=self.registry)
        self._oldest = Gauge(
            "bot_inbox_oldest_age_seconds", "Age of the oldest update that is not completed", registry=self.registry
        )
        self._dead_letters = Gauge(
            "bot_inbox_dead_letters", "Updates that can't be read or kept failing", registry=self.registry
        )
        self._unavailable = Gauge(
            "bot_database_unavailable",
            "1 while nothing can be read from the database or stored",
            registry=self.registry,
        )

    def render(self, version: str, depth: InboxDepth | None, now: float, *, database_available: bool) -> bytes:
        """Return all metrics as text; `depth` is None where the database can't be read, `now` a Unix time."""
        self._knowledge.clear()
        self._knowledge.labels(version).set(1)
        self._unavailable.set(not database_available or depth is None)
        if depth is not None:
            self._waiting.set(depth.waiting)
            self._oldest.set(max(0.0, now - depth.oldest) if depth.oldest is not None else 0)
            self._dead_letters.set(depth.dead_letters)
        return generate_latest(self.registry)
