"""What a question and its reply are: plain data that every edge renders in its own way."""

from __future__ import annotations

from dataclasses import dataclass, fields

from bot.knowledge.model import Language, NotCovered
from bot.matching.results import Decision, Scored, Smalltalk, Status

__all__ = ["About", "Question", "Reply", "Scored"]


@dataclass(frozen=True, slots=True)
class About:
    """The bot's message that a question replies to, in a form that can be written down."""

    entries: tuple[str, ...]
    """Keys of the entries that it shows, or only offers."""
    is_offer: bool = False
    """Whether it answers nothing, and only offers them."""
    asked: str = ""
    """What it replied to, where it answers nothing."""
    quoted: str = ""
    """The part of it that the question quotes; empty for the whole."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message that somebody sent to the bot."""

    text: str
    """As typed."""
    conversation: str | None = None
    """Which messages belong together (a chat and a person); None for a message that stands alone."""
    language_hint: str | None = None
    """IETF tag of the asker's language, for a message that doesn't show one."""
    about: About | None = None
    """What it replies to, where that is known; it counts more than what the conversation was about."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot has to say to one message."""

    question: str
    """The message as typed."""
    status: Status
    """Whether an answer is claimed, and if not, what there is instead."""
    language: Language
    """Language of the reply."""
    answers: tuple[Scored, ...] = ()
    """One where one topic was asked about, up to three where more; empty unless `status` is "answered"."""
    suggestions: tuple[Scored, ...] = ()
    """Questions to tap, the likeliest first; none of them is claimed as an answer."""
    smalltalk: Smalltalk | None = None
    """Which canned reply fits, where `status` is "smalltalk"."""
    not_covered: NotCovered | None = None
    """What is known not to be in the interview and was asked for, if that is why nothing is claimed."""
    focus: int | None = None
    """0-based point that a follow-up asked for ("the third one"), if any."""
    took_ms: float = 0.0
    """Time from text to reply, in milliseconds."""

    @classmethod
    def of(cls, question: str, decision: Decision) -> Reply:
        """Return the reply that says what was decided about `question`."""
        shown = {part.name: getattr(decision, part.name) for part in fields(decision) if part.name != "candidates"}
        return cls(question, **shown)
