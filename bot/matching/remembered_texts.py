"""What the last build made of its texts, on disk: a build parses only texts that are new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from bot.cache import Arrays, Cache, Codec, as_array, from_array, key_of
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
        self.cache.write(PARSED, self.key, ParsedBefore(lexicon, parsed))
        return parsed

    @cached_property
    def _before(self) -> ParsedBefore | None:
        return self.cache.read(PARSED, self.key)

    @cached_property
    def _forms(self) -> dict[str, str]:
        before = self._before
        return dict(zip(before.parsed.texts, before.parsed.normalised, strict=True)) if before is not None else {}


def _key(lexicon: Lexicon) -> str:
    """Return a key of all that parsing takes from a lexicon."""
    return key_of(repr(lexicon.canonical_of), repr(lexicon.names))


def _to_arrays(before: ParsedBefore) -> Arrays:
    parsed = before.parsed
    names = {name: getattr(parsed, name).names for name in TABLES}
    texts = {name: getattr(parsed, name) for name in COLUMNS}
    arrays: dict[str, NDArray[Any]] = {"other": as_array({"lexicon": before.lexicon, "names": names} | texts)}
    for name in TABLES:
        table = getattr(parsed, name)
        arrays |= {f"{name}_starts": table.starts, f"{name}_flat": table.flat}
    return arrays


def _from_arrays(arrays: Arrays) -> ParsedBefore:
    other = from_array(arrays["other"])
    tables = [
        TokenTable(tuple(other["names"][name]), arrays[f"{name}_starts"], arrays[f"{name}_flat"]) for name in TABLES
    ]
    columns = (tuple(other[name]) for name in COLUMNS)
    return ParsedBefore(other["lexicon"], ParsedTexts.of(columns, tables))


PARSED: Codec[ParsedBefore] = Codec("texts", _to_arrays, _from_arrays)
"""What parsing made of the texts of the last snapshot that was built."""
