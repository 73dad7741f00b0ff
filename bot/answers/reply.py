"""What a question and its reply are: plain data that every edge renders in its own way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.knowledge import Language
from bot.matching import Decision, Scored, Status

__all__ = ["Decision", "Question", "RepliedAnswer", "Reply", "Scored"]


@dataclass(frozen=True, slots=True)
class RepliedAnswer:
    """The bot's message that a question replies to, in a form that can be written down."""

    entries: tuple[str, ...]
    """Keys of the entries that it shows, or only offers."""
    is_offer: bool = False
    """Whether it answers nothing, and only offers them."""
    unanswered: str = ""
    """The question that it replied to, where it answers nothing."""
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
    about: RepliedAnswer | None = None
    """What it replies to, where that is known; it counts more than what the conversation was about."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot has to say to one message: what was decided about it, in the language to say it in."""

    question: str
    """The message as typed."""
    decision: Decision
    """What was decided, with the candidates behind it."""
    took_ms: float = 0.0
    """Time from text to reply, in milliseconds."""

    @property
    def status(self) -> Status:
        """Whether an answer is given, and if not, what there is instead."""
        return self.decision.status

    @property
    def language(self) -> Language:
        """Language of the reply."""
        return self.decision.language

    @property
    def answers(self) -> tuple[Scored, ...]:
        """One where one topic was asked about, up to three where more; empty unless `status` is "answered"."""
        return self.decision.answers

    @property
    def suggestions(self) -> tuple[Scored, ...]:
        """Questions to tap, the likeliest first; none of them is given as an answer."""
        return self.decision.suggestions

    @property
    def focus(self) -> int | None:
        """0-based point that a follow-up asked for ("the third one"), if any."""
        return self.decision.focus

    def in_language(self, language: Language) -> Reply:
        """Return the same reply in another language."""
        return replace(self, decision=replace(self.decision, language=language))
