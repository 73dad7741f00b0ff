"""What every handler gets: the library's context, with our services typed."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, TypeAlias

from telegram import User
from telegram.ext import Application, CallbackContext

from bot.answers.assistant import Assistant
from bot.proxies import Proxy
from bot.storage.database import Database
from bot.storage.knowledge_sync import KnowledgeSync
from bot.storage.pseudonyms import Pseudonyms
from bot.storage.state_loader import StateLoader
from bot.storage.time_zone import UTC_ZONE, Zone
from bot.storage.write_behind import WriteBehindStore
from bot.telegram.chats.group_admins import GroupAdmins
from bot.telegram.chats.preference_cache import PreferenceCache
from bot.telegram.chats.rate_limits import Limits
from bot.telegram.chats.recent import BoundedMemory, RecentSet
from bot.telegram.chats.sent_answers import SentAnswers
from bot.telegram.chats.sync_tracker import SyncTracker
from bot.telegram.client import BotClient
from bot.telegram.updates import Attempts, Listening, Metrics
from bot.text import Texts


@dataclass
class Health:
    """What went wrong; /diag tells it."""

    failures: int = 0
    """Updates that weren't handled, since the start."""
    problems: int = 0
    """Faults of the knowledge files for which the last reload was refused; 0 where it wasn't."""


@dataclass(frozen=True)
class Services:
    """Everything that the handlers work with; made once, at the start."""

    assistant: Assistant
    """Answers questions."""
    texts: Texts
    """The bot's wording."""
    admins: frozenset[int]
    """Ids of the users who may use the admin commands."""
    database: Database
    """What is kept; its schema is up to date."""
    names: Pseudonyms
    """Numbers in the place of ids, for what is kept."""
    sharing: KnowledgeSync
    """Keeps the knowledge the same in all replicas."""
    concurrency: int = 64
    """Chats that are served at once."""
    retention: int = 30
    """Days after which everything is forgotten."""
    listening: Listening | None = None
    """Where the HTTP server listens; None for none."""
    metrics: Metrics = field(default_factory=Metrics)
    """Counts what happens."""
    attempts: Attempts = field(default_factory=Attempts)
    """Judges failures."""
    taps: RecentSet = field(default_factory=RecentSet)
    """Buttons that were answered a moment ago, so that a second tap doesn't repeat the answer."""
    hints: RecentSet = field(default_factory=lambda: RecentSet(3600.0))
    """Chats that were told within the hour that only words are understood, and albums that need no hint."""
    memories: WriteBehindStore = field(init=False)
    """What is remembered together with other replicas."""
    recall: StateLoader = field(init=False)
    """Looks up what is remembered."""
    recalls: SyncTracker = field(init=False)
    """What has to be looked up there."""
    chosen: PreferenceCache = field(init=False)
    """What people and groups have set."""
    answers: SentAnswers = field(init=False)
    """The bot's own answers."""
    limits: Limits = field(default_factory=Limits)
    """How much everybody may still ask."""
    counted_requests: BoundedMemory[Hashable, bool] = field(default_factory=lambda: BoundedMemory(600.0))
    """Requests that were counted, so that one that is handled again isn't counted again."""
    group_admins: GroupAdmins = field(default_factory=GroupAdmins)
    """Tells a group's admins from its other members."""
    late: RecentSet = field(default_factory=lambda: RecentSet(3600.0))
    """Chats that were told within the hour that answers come late."""
    introduced: RecentSet = field(default_factory=lambda: RecentSet(86_400.0))
    """Groups that need no introduction of the bot today."""
    chance: Random = field(default_factory=SystemRandom)
    """Chooses for those who don't."""
    started: float = field(default_factory=time.monotonic)
    """When the bot started, in the seconds of the monotonic clock."""
    health: Health = field(default_factory=Health)
    """What went wrong."""
    anonymous: frozenset[int] = frozenset()
    """Ids of the groups whose admins may use the admin commands without showing who they are."""
    proxy: Proxy | None = None
    """What Telegram is reached through; None where it is reached directly."""
    zone: Zone = UTC_ZONE
    """Whose days the statistics count."""
    watched: Path | None = None
    """The knowledge folder, where it is to be reloaded by itself when its files change."""

    def __post_init__(self) -> None:
        """Make what is made of the rest."""
        memories = WriteBehindStore(self.database)
        object.__setattr__(self, "memories", memories)
        object.__setattr__(self, "recall", StateLoader(self.database))
        object.__setattr__(self, "chosen", PreferenceCache(self.database))
        object.__setattr__(self, "recalls", SyncTracker(shared=self.database.shared))
        object.__setattr__(self, "answers", SentAnswers(self.names, memories))


class Context(CallbackContext[BotClient, dict[Any, Any], dict[Any, Any], Services]):
    """The library's callback context with typed access to our services."""

    @property
    def services(self) -> Services:
        """Return what the handlers work with."""
        return self.bot_data

    @property
    def assistant(self) -> Assistant:
        """Return the door to the answers."""
        return self.bot_data.assistant

    @property
    def texts(self) -> Texts:
        """Return the bot's wording."""
        return self.bot_data.texts

    @property
    def me(self) -> User:
        """Return the bot itself, as Telegram knows it."""
        return self.bot.bot


App: TypeAlias = Application[BotClient, Context, dict[Any, Any], dict[Any, Any], Services, None]
