"""What the last build made of its texts, on disk: a build parses only texts that are new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from bot.cache import Arrays, Cache, Codec, as_array, from_array, key_of, nested, pack_strings, part_of, unpack_strings
from bot.knowledge import Knowledge
from bot.matching.answer_kinds import AnswerKinds
from bot.matching.catalogue import texts_of
from bot.matching.lexicon import Lexicon
from bot.matching.parsed_texts import COLUMNS, TABLES, ParsedTexts, parse_all, text_parser
from bot.matching.query_parser import QueryParser
from bot.matching.token_table import TokenTable


@dataclass(frozen=True)
class ParsedBefore:
    """The texts of a build."""

    lexicon: str
    """A key of the lexicon with which they were parsed."""
    parsed: ParsedTexts
    """What parsing made of them."""
    words: Mapping[str, str]
    """The lexicon's words with their normalised form."""

    def forms(self) -> dict[str, str]:
        """Return the one form of each text; it depends on no lexicon."""
        return dict(zip(self.parsed.texts, self.parsed.normalised, strict=True)) | dict(self.words)


@dataclass(frozen=True)
class RememberedTexts:
    """The texts of the last build, for one that follows it."""

    cache: Cache
    """Where they are."""
    key: str
    """Key of the code that decides what becomes of a text."""
    normaliser: Callable[[str], str]
    """Brings texts to their one form."""

    def normalise(self, text: str) -> str:
        """Return the one form of a text; a build asks for that of each phrasing several times."""
        form = self._forms.get(text)
        if form is None:
            form = self._forms[text] = self.normaliser(text)
        return form

    def parsed(self, knowledge: Knowledge, parser: QueryParser, kinds: AnswerKinds) -> ParsedTexts:
        """Return the texts of a snapshot, parsed; they are the ones that the next build remembers."""
        lexicon, before = _key(parser.lexicon), self._before
        known = before.parsed if before is not None and before.lexicon == lexicon else None
        parsed = parse_all(texts_of(knowledge), text_parser(parser, kinds, self.normalise), known)
        words = {word: self.normalise(word) for term in knowledge.lexicon for word in (term.canonical, *term.aliases)}
        self.cache.write(PARSED, self.key, ParsedBefore(lexicon, parsed, words))
        return parsed

    @cached_property
    def _before(self) -> ParsedBefore | None:
        return self.cache.read(PARSED, self.key)

    @cached_property
    def _forms(self) -> dict[str, str]:
        return self._before.forms() if self._before is not None else {}


def _key(lexicon: Lexicon) -> str:
    """Return a key of all that parsing takes from a lexicon."""
    return key_of(repr(lexicon.canonical_of), repr(lexicon.names))


def _to_arrays(before: ParsedBefore) -> Arrays:
    parsed = before.parsed
    arrays: dict[str, NDArray[Any]] = {"lexicon": as_array(before.lexicon)}
    for name, column in zip(COLUMNS, parsed.columns, strict=True):
        arrays |= nested(name, pack_strings(column))
    for name, table in zip(TABLES, parsed.tables, strict=True):
        arrays |= nested(name, {"starts": table.starts, "flat": table.flat} | pack_strings(table.names))
    return (
        arrays
        | nested("lexicon_words", pack_strings(before.words))
        | nested("lexicon_forms", pack_strings(before.words.values()))
    )


def _from_arrays(arrays: Arrays) -> ParsedBefore:
    columns = (unpack_strings(part_of(arrays, name)) for name in COLUMNS)
    parts = (part_of(arrays, name) for name in TABLES)
    tables = [TokenTable(unpack_strings(part), part["starts"], part["flat"]) for part in parts]
    words, forms = (unpack_strings(part_of(arrays, name)) for name in ("lexicon_words", "lexicon_forms"))
    parsed = ParsedTexts.of(columns, tables)
    return ParsedBefore(from_array(arrays["lexicon"]), parsed, dict(zip(words, forms, strict=True)))


PARSED: Codec[ParsedBefore] = Codec("texts", _to_arrays, _from_arrays)
"""What parsing made of the texts of the last snapshot that was built."""
