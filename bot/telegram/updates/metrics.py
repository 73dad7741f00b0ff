"""What is counted, for Prometheus; of each bot its own, so that several fit into one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.storage.inbox import InboxDepth


class Metrics:
    """Counts what the bot does."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self.questions = Counter("bot_questions", "Questions answered", ["status", "language"], registry=self.registry)
        self.seconds = Histogram(
            "bot_answer_seconds", "From taking a question in hand to its answer", registry=self.registry
        )
        self.reloads = Counter("bot_reloads", "Reloads of the knowledge", ["outcome"], registry=self.registry)
        self.failures = Counter("bot_failures", "Updates that could not be handled", registry=self.registry)
        self._knowledge = Gauge("bot_knowledge", "1 for the version that serves", ["version"], registry=self.registry)
        self._waiting = Gauge("bot_inbox_waiting", "Updates that nobody has in hand yet", registry=self.registry)
        self._oldest = Gauge(
            "bot_inbox_oldest_seconds", "Age of the oldest update that is not handled", registry=self.registry
        )
        self._aside = Gauge("bot_inbox_dead_letters", "Updates given up", registry=self.registry)
        self._away = Gauge("bot_database_unavailable", "1 while nothing can be kept", registry=self.registry)

    def render(self, version: str, depth: InboxDepth | None, now: float, *, away: bool) -> bytes:
        """Return all figures as text; `depth` is None where nothing can be read, `away` where nothing can be kept."""
        self._knowledge.clear()
        self._knowledge.labels(version).set(1)
        self._away.set(away or depth is None)
        if depth is not None:
            self._waiting.set(depth.waiting)
            self._oldest.set(max(0.0, now - depth.oldest) if depth.oldest is not None else 0)
            self._aside.set(depth.dead_letters)
        return generate_latest(self.registry)
