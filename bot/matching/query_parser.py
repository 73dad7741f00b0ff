"""Parses a text into a query; questions and phrasings go through the same steps."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.matching.general_chinese import GeneralChinese
from bot.matching.lexicon import Lexicon
from bot.matching.normalise import Normaliser
from bot.matching.pinyin import syllables
from bot.matching.results import Query
from bot.matching.tokenise import Segmenter, terms


@dataclass(frozen=True)
class QueryParser:
    """Normalises a text, replaces aliases by canonical names, and cuts it into index terms."""

    normalise: Normaliser
    """Brings a text to its one form."""
    lexicon: Lexicon
    """Brings names to one form."""
    segmenter: Segmenter
    """Cuts Chinese into words."""

    def parse(self, text: str) -> Query:
        """Parse a typed text."""
        return self.parse_normalised(self.normalise(text))

    def parse_normalised(self, text: str) -> Query:
        """Parse a text that is normalised already."""
        canonical = self.lexicon.canonical(text)
        words = tuple(self.segmenter.words(canonical))
        sounds = syllables(canonical)
        return Query(text, canonical, words, terms(canonical, words, sounds), sounds)


def make_query_parser(knowledge: Knowledge, normalise: Normaliser, general: GeneralChinese) -> QueryParser:
    """Build the parser for a knowledge base: its lexicon's names go into the segmenter's dictionary."""
    lexicon = Lexicon(knowledge.lexicon, normalise)
    return QueryParser(normalise, lexicon, Segmenter(general, lexicon.names))
