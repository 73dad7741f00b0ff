"""The assistant: answers questions from the current snapshot of the knowledge, and replaces that snapshot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bot.answers.conversation import Conversations, Topic
from bot.answers.quoted import quoted_first
from bot.answers.reply import Decision, Question, Reply, Scored
from bot.errors import KnowledgeError
from bot.knowledge import Entry, Knowledge, Language
from bot.knowledge.overlay import ApprovedPhrasing, RejectedPhrasing, with_phrasings
from bot.matching import AnswerContext
from bot.matching.engine import MAX_QUERY_CHARACTERS
from bot.matching.matcher import Matcher
from bot.matching.selftest import failures


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
    rejected: tuple[RejectedPhrasing, ...] = ()
    """Approved phrasings that had to be left out, and why."""


@dataclass(frozen=True, slots=True)
class ExtendedMatcher:
    """A matcher over the knowledge files and the phrasings that were approved in the chat."""

    matcher: Matcher
    """Searches both."""
    rejected: tuple[RejectedPhrasing, ...] = ()
    """Phrasings that had to be left out, and why."""


class MatcherBuilder(Protocol):
    """Builds the matchers that an assistant serves; the bot's own is `bot.builder.Builder`."""

    def read(self, folder: Path) -> Knowledge:
        """Read and verify a knowledge folder; raises KnowledgeError or SettingsError."""
        ...

    def with_approved(self, knowledge: Knowledge, approved: Sequence[ApprovedPhrasing]) -> ExtendedMatcher:
        """Build the matcher of a snapshot and approved phrasings; those that don't fit it are left out."""
        ...


class Assistant:
    """Answers questions from the snapshot that serves; a reload swaps it whole."""

    def __init__(
        self,
        builder: MatcherBuilder,
        folder: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Load the knowledge of `folder`; raises KnowledgeError or SettingsError where that can't be done.

        `clock` gives seconds that other processes understand; conversations expire by it.
        """
        self.folder = folder
        """The knowledge folder, which `reload` reads."""
        self._builder = builder
        self._files = builder.read(folder)
        self._extended = builder.with_approved(self._files, ())
        self._approved: tuple[ApprovedPhrasing, ...] = ()
        self._conversations = Conversations(clock)
        self._reloading = threading.Lock()

    @property
    def _matcher(self) -> Matcher:
        return self._extended.matcher

    @property
    def knowledge(self) -> Knowledge:
        """The snapshot that serves now."""
        return self._matcher.knowledge

    @property
    def uses_model(self) -> bool:
        """Whether vectors are used, or only the words and the sound of questions."""
        return self._matcher.engine.uses_model

    @property
    def approved(self) -> tuple[ApprovedPhrasing, ...]:
        """The approved phrasings that are searched now."""
        return self._approved

    def reply(self, question: Question) -> Reply:
        """Answer one message; the same snapshot and conversation always give the same reply."""
        started = time.perf_counter()
        matcher = self._matcher
        before = self._before(question, matcher.knowledge)
        decision = matcher.decide(question.text, question.language_hint, before)
        self._conversations.remember(question.conversation, decision)
        return Reply(question.text, decision, took_ms=(time.perf_counter() - started) * 1000)

    def answers_at_once(self, question: Question) -> bool:
        """Return whether a short question is curated word for word: then `reply` takes a few milliseconds at most.

        One that replies to suggestions, or leans on the last answer, may take longer: more may be searched for.
        """
        if len(question.text) > MAX_QUERY_CHARACTERS:  # to find out would take longer than that
            return False
        if question.about is not None and question.about.is_offer:
            return False
        text, matcher = self.normalised(question.text), self._matcher
        return matcher.engine.is_exact(text) and matcher.dialogue.follow_up(text) is None

    def show(self, entry: Entry, language: Language, conversation: str | None = None) -> Reply:
        """Return the reply that shows a chosen entry, and note it as what the conversation is about."""
        decision = Decision("answered", language, answers=(Scored(entry, 1.0),))
        self._conversations.remember(conversation, decision)
        return Reply(entry.question.of(language), decision)

    def topic(self, conversation: str) -> Topic | None:
        """Return what a conversation is about, for another process to `resume` it."""
        return self._conversations.topic(conversation)

    def resume(self, conversation: str, topic: Topic) -> None:
        """Go on with a conversation where another process has left it."""
        self._conversations.resume(conversation, topic, self.knowledge)

    def forget(self, conversation: str) -> None:
        """Drop what a conversation was about."""
        self._conversations.forget(conversation)

    def reload(self, approved: Sequence[ApprovedPhrasing] | None = None) -> Change:
        """Build a new snapshot, test it, and swap it in; on KnowledgeError the old one goes on serving.

        The approved phrasings stay as they are, unless others are given.
        """
        with self._reloading:
            files = self._builder.read(self.folder)
            return self._swap(files, self._approved if approved is None else approved)

    def set_approved(self, approved: Sequence[ApprovedPhrasing]) -> Change:
        """Search these approved phrasings, and no others, from now on; on KnowledgeError nothing changes."""
        with self._reloading:
            return self._swap(self._files, approved)

    def adopt(self, folder: Path) -> Change:
        """Serve the knowledge of another folder, with the approved phrasings; on KnowledgeError nothing changes."""
        with self._reloading:
            return self._swap(self._builder.read(folder), self._approved)

    def rejection_of(self, phrasing: ApprovedPhrasing) -> str | None:
        """Return why a phrasing can't be put under its entry, or None where it can; builds no matcher."""
        engine = self._matcher.engine
        normalise = engine.catalogue.normaliser(engine.parser.normalise)
        rejected = with_phrasings(self._files, [*self._approved, phrasing], normalise).rejected
        return next((item.reason for item in rejected if item.phrasing == phrasing), None)

    def normalised(self, text: str) -> str:
        """Return the one form of all the ways of typing a text."""
        return self._matcher.engine.parser.normalise(text)

    def canonical(self, text: str) -> str:
        """Return a text normalised and with names in one form, to compare it with others."""
        parser = self._matcher.engine.parser
        return parser.lexicon.canonical(parser.normalise(text))

    def nearest(self, text: str) -> tuple[Scored, ...]:
        """Return all entries, ranked by how likely each answers a text, best first."""
        engine = self._matcher.engine
        scored = engine.score(self.normalised(text), range(engine.catalogue.entry_count))
        ranked = sorted(scored.values(), key=lambda candidate: -candidate.score)
        return tuple(Scored(candidate.entry, candidate.score) for candidate in ranked)

    def _before(self, question: Question, knowledge: Knowledge) -> AnswerContext | None:
        """Return the context of a question: the message that it replies to, or else its conversation."""
        before, about = self._conversations.recall(question.conversation), question.about
        entries = tuple(knowledge.by_key[key] for key in about.entries if key in knowledge.by_key) if about else ()
        if about is None or not (entries or (about.is_offer and about.unanswered)):
            return before
        if about.is_offer:
            return AnswerContext(entries, is_offer=True, unanswered=about.unanswered)
        entries, point = quoted_first(entries, about.quoted)
        shown = (before.shown if before is not None else frozenset()) | {entry.key for entry in entries}
        now = AnswerContext(entries, shown, point)
        self._conversations.set_context(question.conversation, now)
        return now

    def _swap(self, files: Knowledge, approved: Sequence[ApprovedPhrasing]) -> Change:
        before, extended = self._matcher.knowledge, self._extended
        if files is not self._files or tuple(approved) != self._approved:
            extended = self._builder.with_approved(files, approved)
            if problems := list(failures(extended.matcher)):
                raise KnowledgeError(problems)
        self._files, self._extended, self._approved = files, extended, tuple(approved)
        return replace(difference(before, extended.matcher.knowledge), rejected=extended.rejected)


def difference(old: Knowledge, new: Knowledge) -> Change:
    """Compare two snapshots entry by entry; where a file only moved an entry, nothing changed."""
    before, after = old.by_key, new.by_key
    return Change(
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
        changed=tuple(key for key in after if key in before and _differs(before[key], after[key])),
        version=new.version,
    )


def _differs(before: Entry, after: Entry) -> bool:
    return before is not after and before != after and _content(before) != _content(after)


def _content(entry: Entry) -> Entry:
    """Return an entry without its positions in files, which don't matter when entries are compared."""
    phrasings = tuple(replace(phrasing, file="", line=0) for phrasing in entry.phrasings)
    return replace(entry, file="", line=0, phrasings=phrasings)
