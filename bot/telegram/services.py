"""The services that the handlers share: made once, before the start, from what the composition root has built."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

from cachetools import TTLCache

from bot.answers.assistant import Assistant
from bot.answers.conversation import CONVERSATION_SECONDS
from bot.configuration import Proxy
from bot.storage.database import Database
from bot.storage.knowledge_sync import KnowledgeSync
from bot.storage.preferences import Preferences
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.state_loader import StateLoader
from bot.storage.time_zone import UTC_ZONE, Zone
from bot.storage.write_behind import WriteBehindStore
from bot.telegram.chats import MAX_ENTRIES, GroupAdmins, RateLimits, RecentSet, SentAnswers
from bot.telegram.updates import Attempts, HttpServerConfig, Metrics
from bot.text import Texts

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Options:
    """What the operator has chosen for the Telegram bot."""

    admins: frozenset[int]
    """Ids of the users who may use the admin commands."""
    concurrency: int
    """Chats that are served at once."""
    retention_days: int
    """Days after which stored questions and votes are deleted."""
    http_server: HttpServerConfig | None = None
    """Where the HTTP server listens; None for none."""
    anonymous_admin_groups: frozenset[int] = frozenset()
    """Ids of the groups whose admins may use the admin commands while they write as the group."""
    proxy: Proxy | None = None
    """The proxy through which Telegram is reached; None where it is reached directly."""
    zone: Zone = UTC_ZONE
    """The time zone of the days in /stats."""
    watched_folder: Path | None = None
    """The knowledge folder, where it is to be reloaded whenever its files change; None where it isn't."""


@dataclass
class Health:
    """What went wrong, for /diag."""

    failures: int = 0
    """Updates whose handling failed for good, since the start."""
    problems: int = 0
    """Problems in the knowledge files for which the last reload was refused; 0 where it wasn't."""


@dataclass(frozen=True)
class RecentActivity:
    """What was done a moment ago and must not be done twice; this process remembers it for a limited time."""

    taps: RecentSet = field(default_factory=lambda: RecentSet(_MINUTE))
    """Buttons that were answered within the last minute, so that a second tap doesn't repeat the answer."""
    hints: RecentSet = field(default_factory=lambda: RecentSet(_HOUR))
    """Chats that got a hint within the hour, and albums that need none: words only, or another forum topic."""
    late_notices: RecentSet = field(default_factory=lambda: RecentSet(_HOUR))
    """Chats that got an apology for late answers within the hour."""
    introductions: RecentSet = field(default_factory=lambda: RecentSet(_DAY))
    """Groups in which the bot has introduced itself within a day."""
    counted_requests: TTLCache[Hashable, bool] = field(default_factory=lambda: TTLCache(MAX_ENTRIES, 10 * _MINUTE))
    """Requests that have been counted against the rate limits, so that handling one again doesn't count it twice."""
    loads: RecentSet = field(default_factory=lambda: RecentSet(CONVERSATION_SECONDS))
    """Conversations whose state has been loaded from the database."""
    saves: TTLCache[Hashable, object] = field(default_factory=lambda: TTLCache(MAX_ENTRIES, CONVERSATION_SECONDS))
    """The state that was last saved of each conversation and rate limit, so that only changes are written."""


@dataclass(frozen=True)
class Services:
    """Everything that the handlers work with; see `make_services`."""

    assistant: Assistant
    """Answers questions."""
    texts: Texts
    """The bot's wording."""
    options: Options
    """What the operator has chosen."""
    database: Database
    """The database; its schema is up to date once the bot has started."""
    pseudonyms: Pseudonyms
    """Keyed hashes of ids, for what is stored."""
    knowledge_sync: KnowledgeSync
    """Keeps the knowledge the same in all replicas."""
    write_behind: WriteBehindStore
    """Collects what is to be written with the completion of an update."""
    state_loader: StateLoader
    """Loads what other replicas, or a former process, have written there."""
    preferences: Preferences
    """What people and groups have set."""
    sent_answers: SentAnswers
    """The answers that were sent."""
    rate_limits: RateLimits = field(default_factory=RateLimits)
    """The rate limits of people and groups."""
    group_admins: GroupAdmins = field(default_factory=GroupAdmins)
    """The admins of groups."""
    recent: RecentActivity = field(default_factory=RecentActivity)
    """What was done a moment ago."""
    attempts: Attempts = field(default_factory=Attempts)
    """Decides whether an update that failed is handled again."""
    metrics: Metrics = field(default_factory=Metrics)
    """Counters for /metrics."""
    health: Health = field(default_factory=Health)
    """What went wrong, for /diag."""
    random: Random = field(default_factory=SystemRandom)
    """The generator of /random and /quote."""
    started: float = field(default_factory=time.monotonic)
    """When the bot started, on the monotonic clock, in seconds."""


def make_services(
    assistant: Assistant,
    texts: Texts,
    options: Options,
    database: Database,
    pseudonyms: Pseudonyms,
    knowledge_sync: KnowledgeSync,
) -> Services:
    """Make the services from the parts that the composition root has built."""
    write_behind = WriteBehindStore(database)
    return Services(
        assistant=assistant,
        texts=texts,
        options=options,
        database=database,
        pseudonyms=pseudonyms,
        knowledge_sync=knowledge_sync,
        write_behind=write_behind,
        state_loader=StateLoader(database),
        preferences=Preferences(database),
        sent_answers=SentAnswers(pseudonyms, write_behind),
    )
