"""From a message to a decision, over one snapshot of the knowledge."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.knowledge.model import Knowledge
from bot.matching.decide import decide
from bot.matching.engine import Engine
from bot.matching.model import Before, Decision
from bot.matching.reply_language import LanguageDetector
from bot.matching.smalltalk import SmalltalkPatterns


@dataclass(frozen=True)
class Matcher:
    """The whole answer path for one snapshot: pure, synchronous, deterministic."""

    knowledge: Knowledge
    engine: Engine
    smalltalk: SmalltalkPatterns
    language: LanguageDetector

    def decide(self, text: str, language_hint: str | None = None, before: Before | None = None) -> Decision:
        """Decide about one message; `before` is what its conversation was about."""
        normalise = self.engine.reader.normalise
        whole = normalise(text)
        language = self.language(text, language_hint, is_pinyin=False)
        if (kind := self.smalltalk.kind(whole)) is not None:
            return Decision("smalltalk", language, smalltalk=kind)
        return replace(decide(self.engine.rank(whole)), language=language)
