"""The one door: a question goes in, a reply comes out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.answers.conversation import Conversations, Topic
from bot.answers.reply import Question, Reply, Scored
from bot.knowledge.model import Entry, Knowledge, Language
from bot.matching.matcher import Matcher


@dataclass(frozen=True, slots=True)
class Change:
    """How the knowledge differs after a reload; ids are `interview/entry`."""

    added: tuple[str, ...]
    """Entries that are new."""
    removed: tuple[str, ...]
    """Entries that are gone."""
    changed: tuple[str, ...]
    """Entries whose text, phrasings, points, quotes or relations are different."""
    version: str
    """Version of the knowledge that serves now."""


class Assistant:
    """Answers questions from the snapshot that serves; a reload swaps it whole."""

    def __init__(self, build: Callable[[], Matcher], clock: Callable[[], float] = time.time) -> None:
        """Load the first snapshot with `build`, which raises KnowledgeError where the knowledge is bad.

        `clock` gives seconds that other processes understand; conversations expire by it.
        """
        self._build = build
        self._matcher = build()
        self._conversations = Conversations(clock)
        self._reloading = threading.Lock()

    @property
    def knowledge(self) -> Knowledge:
        """The snapshot that serves now."""
        return self._matcher.knowledge

    def reply(self, question: Question) -> Reply:
        """Answer one message; deterministic for a snapshot and a conversation."""
        started = time.perf_counter()
        matcher = self._matcher
        before = self._conversations.recall(question.conversation)
        decision = matcher.decide(question.text, question.language_hint, before)
        reply = Reply(
            question=question.text,
            status=decision.status,
            language=decision.language,
            answers=tuple(Scored(found.entry, found.score) for found in decision.answers),
            suggestions=tuple(Scored(found.entry, found.score) for found in decision.suggestions),
            smalltalk=decision.smalltalk,
            absent=decision.absent,
            focus=decision.focus,
        )
        self._conversations.remember(question.conversation, reply)
        return replace(reply, took_ms=(time.perf_counter() - started) * 1000)

    def show(self, entry: Entry, language: Language, conversation: str | None = None) -> Reply:
        """Return the reply that shows a chosen entry, and note it as what the conversation is about."""
        reply = Reply(entry.question.of(language), "answered", language, answers=(Scored(entry, 1.0),))
        self._conversations.remember(conversation, reply)
        return reply

    def topic(self, conversation: str) -> Topic | None:
        """Return what a conversation is about, for another process to `resume` it."""
        return self._conversations.topic(conversation)

    def resume(self, conversation: str, topic: Topic) -> None:
        """Go on with a conversation where another process has left it."""
        self._conversations.resume(conversation, topic, self.knowledge)

    def reload(self) -> Change:
        """Build a new snapshot and swap it in; on KnowledgeError the old one goes on serving."""
        with self._reloading:
            return self.swap(self._build())

    def swap(self, matcher: Matcher) -> Change:
        """Serve another snapshot from now on."""
        change = difference(self._matcher.knowledge, matcher.knowledge)
        self._matcher = matcher
        return change


def difference(old: Knowledge, new: Knowledge) -> Change:
    """Compare two snapshots entry by entry; where a file only moved an entry, nothing changed."""
    before, after = old.by_key, new.by_key
    return Change(
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
        changed=tuple(key for key in after if key in before and _content(before[key]) != _content(after[key])),
        version=new.version,
    )


def _content(entry: Entry) -> Entry:
    """Leave out where in its file an entry stands."""
    phrasings = tuple(replace(phrasing, line=0) for phrasing in entry.phrasings)
    return replace(entry, file="", line=0, phrasings=phrasings)
