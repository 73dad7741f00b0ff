"""From a message to a decision, over one snapshot of the knowledge."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.knowledge import Entry, Knowledge, Language
from bot.matching.context_features import in_context
from bot.matching.decide import MAX_NEAREST, decide, offered_at_least
from bot.matching.dialogue_patterns import Dialogue
from bot.matching.engine import MAX_QUERY_CHARACTERS, Engine
from bot.matching.follow_ups import FOLLOW_UP_PROBABILITY, next_entry, picked, same_again
from bot.matching.message_topics import topics
from bot.matching.reply_language import LanguageDetector
from bot.matching.results import AnswerContext, Decision, Scored
from bot.matching.smalltalk import SmalltalkPatterns
from bot.matching.work_limit import MAX_MESSAGE_CHARACTERS


@dataclass(frozen=True)
class Matcher:
    """The whole answer path for one snapshot: pure, synchronous, deterministic."""

    knowledge: Knowledge
    """The snapshot that it answers from."""
    engine: Engine
    """Scores texts against the snapshot."""
    smalltalk: SmalltalkPatterns
    """Tells small talk from questions."""
    dialogue: Dialogue
    """Cuts messages, and recognises follow-ups."""
    language: LanguageDetector
    """Tells the language to reply in."""

    def decide(self, text: str, language_hint: str | None = None, before: AnswerContext | None = None) -> Decision:
        """Decide about one message; `before` is what its conversation was about.

        `language_hint` is the IETF tag of the asker's language, for a message that shows none.
        """
        text = text[:MAX_MESSAGE_CHARACTERS]
        inline, whole = self._forms(text)
        language = self.language(text, language_hint, is_pinyin=self.engine.is_pinyin(whole))
        if before is not None and before.is_offer:
            return self._after_offer(inline, whole, language, before)
        return self._decide(inline, whole, language, before)

    def _forms(self, text: str) -> tuple[str, str]:
        """Return a message normalised, with its punctuation and without it."""
        normalise = self.engine.parser.normalise
        inline = normalise.inline(text)[:MAX_MESSAGE_CHARACTERS]  # one character may be written out as a sentence
        return inline, normalise.of_inline(inline)

    def _decide(self, inline: str, whole: str, language: Language, before: AnswerContext | None) -> Decision:
        """Decide about a message, `inline` with its punctuation and `whole` without it."""
        if self.dialogue.change.search(inline):
            before = None
        decision = self._follow_up(whole, language, before) if before is not None else None
        kind = self.smalltalk.kind(whole)
        if decision is None and (kind is None or (kind == "nothing" and whole and before is not None)):
            decision = self._question(inline, whole, language, before)  # "why not?" says something to an answer
        if decision is None or (kind is not None and decision.status != "answered"):
            decision = Decision("smalltalk", language, smalltalk=kind)
        return self._with_nearest(decision)

    def _after_offer(self, inline: str, whole: str, language: Language, before: AnswerContext) -> Decision:
        """Decide about a reply to suggestions: it picks one of them, adds to the question, or asks another."""
        follow_up = self.dialogue.follow_up(whole)
        if (entry := picked(follow_up, before)) is not None:
            return _shown(entry, language)
        if follow_up is not None and follow_up.kind == "item" and before.entries:  # there is no such suggestion
            again = tuple(Scored(entry, 1 / len(before.entries)) for entry in before.entries)
            return Decision("suggested", language, suggestions=again)
        alone = self._decide(inline, whole, language, None)
        if alone.status in {"answered", "smalltalk"} or not before.unanswered:
            return alone
        extended = f"{self.engine.parser.normalise(before.unanswered)} {whole}"[:MAX_MESSAGE_CHARACTERS]
        together = self._decide(*self._forms(extended), language, None)
        return alone if together.status == "unknown" else together

    def _question(self, inline: str, whole: str, language: Language, before: AnswerContext | None) -> Decision:
        if (bare := self._curated_topic(whole)) is not None:
            inline = whole = bare
        rankings = topics(self.engine, self.dialogue, inline, whole)
        if self.engine.is_name(whole):
            return offered_at_least(decide(rankings, language))
        if before is None or len(rankings) > 1:
            return decide(rankings, language)
        decision = decide((in_context(self.engine, whole, rankings[0], before),), language)
        follow_up = self.dialogue.follow_up(whole)
        if follow_up is not None and follow_up.kind == "why" and decision.suggestions:
            first = decision.suggestions[0].entry
            if first.key == before.entries[0].key:  # it gives the reasons that there are
                return _shown(first, language)
        if decision.status == "unknown" and decision.suggestions and follow_up is not None:
            return replace(decision, status="suggested")  # a bare "why?" names nothing that could be missing
        return decision

    def _curated_topic(self, whole: str) -> str | None:
        """Return the topic that a plain question asks about, where a curator put it under an entry as it is."""
        if len(whole) > MAX_QUERY_CHARACTERS:
            return None
        topic = self.dialogue.bare_topic(self.engine.corrected(whole) if whole.isascii() else whole)
        return topic if topic is not None and self.engine.is_exact(topic) else None

    def _with_nearest(self, decision: Decision) -> Decision:
        """Offer what a curator named as nearest to a topic that the interview doesn't treat."""
        topic = decision.not_covered
        if decision.status != "unknown" or topic is None or decision.suggestions:
            return decision
        scores = {candidate.entry.key: candidate.score for candidate in decision.candidates}
        entries = (self.knowledge.entry(topic.interview, near) for near in topic.near[:MAX_NEAREST])
        nearest = tuple(Scored(entry, scores.get(entry.key, 0.0)) for entry in entries if entry is not None)
        return replace(decision, suggestions=nearest)

    def _follow_up(self, whole: str, language: Language, before: AnswerContext) -> Decision | None:
        """Decide about a message that asks for the last answer again or the next one; None for any other."""
        follow_up = self.dialogue.follow_up(whole)
        if follow_up is None:
            return None
        if follow_up.kind == "detail" and (narrower := self._on_point(before)) is not None:
            return _shown(narrower, language)
        if (again := same_again(follow_up, before)) is not None:
            entry, point = again
            return _shown(entry, language, point)
        if follow_up.kind == "more":
            following = next_entry(self.engine, before)
            return _shown(following, language) if following is not None else None
        return None

    def _on_point(self, before: AnswerContext) -> Entry | None:
        """Return another entry that says more about the point that a message is about; None where there is none."""
        if before.point is None:
            return None
        last = before.entries[0]
        answers = self.decide(last.points[before.point].zh).answers
        return next((answer.entry for answer in answers if answer.entry.key != last.key), None)


def _shown(entry: Entry, language: Language, focus: int | None = None) -> Decision:
    return Decision("answered", language, answers=(Scored(entry, FOLLOW_UP_PROBABILITY),), focus=focus)
