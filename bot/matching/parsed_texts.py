"""What parsing makes of a snapshot's texts, so that texts which stood in the former one needn't be parsed again.

Parsing a text is a pure function of the text, the lexicon and the code. So the rows of texts that were parsed before
are taken as they are, and the result is the one that parsing everything anew would give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bot.matching.answer_kinds import AnswerKinds
from bot.matching.query_parser import QueryParser
from bot.matching.spelling import words_of
from bot.matching.token_table import TableBuilder, TokenTable

COLUMNS = ("texts", "normalised", "canonical")
"""What is known of texts as strings."""
TABLES = ("terms", "syllables", "kinds", "words")
"""What is known of texts as rows of tokens."""


class ParsedText(NamedTuple):
    """What parsing makes of one text."""

    normalised: str
    canonical: str
    terms: tuple[str, ...]  # from here on in the order of `TABLES`
    syllables: tuple[str, ...]
    kinds: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class ParsedTexts:
    """What parsing made of texts, one row per text; immutable."""

    texts: tuple[str, ...]
    """The texts as they were written."""
    normalised: tuple[str, ...]
    """Each text, normalised."""
    canonical: tuple[str, ...]
    """Each text in canonical form."""
    terms: TokenTable
    """Its index terms."""
    syllables: TokenTable
    """Its syllables."""
    kinds: TokenTable
    """The kinds of answer that it asks for."""
    words: TokenTable
    """Its words as they are typed, which misspelt ones are corrected to."""

    @classmethod
    def of(cls, columns: Iterable[tuple[str, ...]], tables: Iterable[TokenTable]) -> ParsedTexts:
        """Put together the `COLUMNS` and the `TABLES`."""
        parts: dict[str, Any] = dict(zip((*COLUMNS, *TABLES), (*columns, *tables), strict=True))
        return cls(**parts)

    @property
    def columns(self) -> list[tuple[str, ...]]:
        """What is known of each text as a string."""
        return [getattr(self, name) for name in COLUMNS]

    @property
    def tables(self) -> list[TokenTable]:
        """What is known of each text as tokens."""
        return [getattr(self, name) for name in TABLES]

    def take(self, rows: Sequence[int]) -> ParsedTexts:
        """Return the rows with these numbers, in this order."""
        numbers = np.asarray(rows, np.intp)
        columns = (tuple(map(column.__getitem__, rows)) for column in self.columns)
        return self.of(columns, (table.take(numbers) for table in self.tables))

    def followed_by(self, other: ParsedTexts) -> ParsedTexts:
        """Return these rows and those of `other` after them."""
        columns = (column + more for column, more in zip(self.columns, other.columns, strict=True))
        tables = (table.followed_by(more) for table, more in zip(self.tables, other.tables, strict=True))
        return self.of(columns, tables)


def parse_all(
    texts: Sequence[str], parse: Callable[[str], ParsedText], known: ParsedTexts | None = None
) -> ParsedTexts:
    """Parse texts, as far as they aren't known: what `known` contains was made by the same `parse`."""
    numbers = {text: number for number, text in enumerate(known.texts)} if known is not None else {}
    new = [text for text in dict.fromkeys(texts) if text not in numbers]
    if known is None and len(new) == len(texts):
        return _parsed(new, parse)
    rows = known if known is not None else _parsed((), parse)
    numbers.update({text: number for number, text in enumerate(new, len(rows.texts))})
    rows = rows.followed_by(_parsed(new, parse)) if new else rows
    return rows.take([numbers[text] for text in texts])


def _parsed(texts: Sequence[str], parse: Callable[[str], ParsedText]) -> ParsedTexts:
    forms: list[tuple[str, str]] = []
    tables = [TableBuilder() for _ in TABLES]
    for normalised, canonical, *rows in map(parse, texts):
        forms.append((normalised, canonical))
        for table, row in zip(tables, rows, strict=True):
            table.add(row)
    columns = (tuple(texts), tuple(form for form, _ in forms), tuple(form for _, form in forms))
    return ParsedTexts.of(columns, [table.table() for table in tables])


def text_parser(
    parser: QueryParser, kinds: AnswerKinds, normalise: Callable[[str], str]
) -> Callable[[str], ParsedText]:
    """Return what parses a text of the knowledge; `normalise` gives the form that the parser's own would."""

    def parse(text: str) -> ParsedText:
        query = parser.parse_normalised(normalise(text))
        asked_for = kinds.asked_for(query.text)
        return ParsedText(
            query.text,
            query.canonical,
            query.terms,
            query.syllables,
            tuple(sorted(asked_for)),
            tuple(words_of(query, parser.segmenter)),
        )

    return parse
