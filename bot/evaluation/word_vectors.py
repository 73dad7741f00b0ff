"""Distils the table of word vectors from the sentence model (the idea of model2vec), for `bot.matching.static_meaning`.

Each word is encoded alone. The mean of its language is subtracted and the first principal component left out: both
tell the language and the form of a text, not what it is about (Arora, Liang and Ma 2017). The directions that remain
are partly whitened, then cut to two bits, which costs no accuracy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from bot.evaluation.model_pieces import WORD_START
from bot.knowledge.han import HAN
from bot.matching.embeddings import Embedder
from bot.matching.english import CommonEnglish
from bot.matching.general_chinese import GeneralChinese
from bot.matching.inverted_index import Floats
from bot.matching.tokenise import stem
from bot.matching.word_table import WordTable, make_table

COMMAND = "python -m bot eval --word-vectors"
DIMENSIONS = 320
CHINESE_WORDS = 40_000
"""The commonest of jieba's dictionary."""
LATIN_NAMES = 4_000
"""The commonest capitalised pieces of the model, beside the common English words."""
RARITY = 1e-3
"""SIF's `a`: a word of this probability counts half."""
WHITENING = 0.5
"""0 leaves the spread of each direction as it is, 1 makes all equal."""
_ENGLISH_SHARE = 0.1
"""Share of English in what the probabilities of the model's pieces were counted in, about."""
_BATCH = 64
_SYMBOLS = "abcdefghijklmnopqrstuvwxyz0123456789"
_CHINESE = re.compile(rf"[{HAN}]+")
_LATIN_PIECE = re.compile(rf"{WORD_START}([A-Za-z]+)")


@dataclass(frozen=True)
class Vocabulary:
    """Words to be encoded, the Chinese ones first."""

    chinese: Mapping[str, float]
    """Chinese words with their probability."""
    latin: Mapping[str, tuple[str, float]]
    """Stems with the word that stands for each and its probability."""


def vocabulary(general: GeneralChinese, english: CommonEnglish, pieces: Iterable[tuple[str, float]]) -> Vocabulary:
    """Choose the words: jieba's commonest, common English, and the model's commonest names."""
    chinese = sorted((-count, word) for word, count in general.words() if _CHINESE.fullmatch(word))
    return Vocabulary(
        chinese={word: (1 - count) / general.total for count, word in chinese[:CHINESE_WORDS]},
        latin=_latin(english, pieces),
    )


def _latin(english: CommonEnglish, pieces: Iterable[tuple[str, float]]) -> dict[str, tuple[str, float]]:
    by_probability = sorted(((-score, found[1]) for piece, score in pieces if (found := _LATIN_PIECE.fullmatch(piece))))
    probability: dict[str, float] = {}
    for score, word in by_probability:
        probability.setdefault(stem(word.lower()), min(1.0, math.exp(-score) / _ENGLISH_SHARE))
    common = [word.lower() for _, word in by_probability if word.lower() in english]
    names = [word.lower() for _, word in by_probability if word[0].isupper() and len(word) > 1]
    words = dict.fromkeys((*common, *sorted(english.bases), *names[:LATIN_NAMES], *_SYMBOLS))
    latin: dict[str, tuple[str, float]] = {}
    for word in words:
        latin.setdefault(stem(word), (word, probability.get(stem(word), 0.0)))
    return latin


def distil(words: Vocabulary, embedder: Embedder) -> WordTable:
    """Encode every word, and make the table."""
    chinese, latin = list(words.chinese), [word for word, _ in words.latin.values()]
    rows = _encode([*chinese, *latin], embedder)
    rows[: len(chinese)] -= rows[: len(chinese)].mean(axis=0)
    rows[len(chinese) :] -= rows[len(chinese) :].mean(axis=0)
    probabilities = np.array([*words.chinese.values(), *(value for _, value in words.latin.values())])
    return make_table(
        [*chinese, *words.latin],
        _principal(rows),
        np.asarray(RARITY / (RARITY + probabilities), np.float32),
        {
            "made_by": COMMAND,
            "model": embedder.name,
            "vocabulary": f"jieba {version('jieba')}, config/matching/english.txt, names of the model's own pieces",
            "chinese": len(chinese),
            "latin": len(latin),
        },
    )


def _encode(words: list[str], embedder: Embedder) -> Floats:
    """Encode words of a length together, which wastes least."""
    order = sorted(range(len(words)), key=lambda at: (len(words[at]), at))
    batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
    rows = np.empty((len(words), len(embedder.encode(words[:1])[0])), np.float32)
    for batch in batches:
        rows[batch] = embedder.encode([words[at] for at in batch])
    return rows.astype(np.float16).astype(np.float32)


def _principal(rows: Floats) -> Floats:
    """Turn rows into their principal directions but the first, partly whitened."""
    spread, directions = np.linalg.eigh(rows.T.astype(np.float64) @ rows / len(rows))
    chosen = slice(-2, -2 - DIMENSIONS, -1)  # ascending
    kept = directions[:, chosen]
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(DIMENSIONS)])
    return np.asarray(rows @ (kept / spread[chosen] ** (WHITENING / 2)), np.float32)
