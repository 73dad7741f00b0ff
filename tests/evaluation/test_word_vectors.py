"""The table of word vectors is distilled from a model: which words, which weights, and the same bytes again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha512
from pathlib import Path

import numpy as np
import pytest

from bot import compose
from bot.evaluation.model_pieces import read_pieces
from bot.evaluation.word_vectors import CHINESE_WORDS, DIMENSIONS, Vocabulary, distil, vocabulary
from bot.matching.english import read_english
from bot.matching.general_chinese import read_jieba
from bot.matching.inverted_index import Floats
from bot.matching.tokenise import stem
from bot.matching.word_table import read_table, write_table

DRAWN = Vocabulary(
    {f"词{number}": 0.1 / (number + 1) for number in range(500)},
    {f"word{number}": (f"words{number}", 0.1 / (number + 1)) for number in range(500)},
)


class Drawing:
    """Gives each text a vector that depends on nothing but the text."""

    name = "drawing"

    def encode(self, texts: Sequence[str]) -> Floats:
        seeds = [int.from_bytes(sha512(text.encode()).digest()[:8], "little") for text in texts]
        return np.array([np.random.default_rng(seed).standard_normal(384) for seed in seeds], np.float32)


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary(read_jieba(), read_english(compose.ENGLISH), read_pieces())


def test_the_vocabulary_holds_common_words_names_and_single_letters(words: Vocabulary) -> None:
    assert len(words.chinese) == CHINESE_WORDS
    assert {"能源", "公司", "的"} <= words.chinese.keys()
    assert {stem(word) for word in ("energy", "really", "deals", "google", "microsoft", "a", "7")} <= words.latin.keys()
    assert words.latin["the"][1] > words.latin["energy"][1] > 0
    assert words.chinese["的"] > words.chinese["能源"] > 0


def test_the_shipped_table_holds_exactly_the_vocabulary(words: Vocabulary) -> None:
    table = read_table(compose.WORD_VECTORS)
    chosen = [*words.chinese, *words.latin]
    assert len(table.hashes) == len(chosen)
    assert (table.find(chosen) >= 0).all()


def test_common_words_weigh_less_than_rare_ones() -> None:
    table = distil(DRAWN, Drawing())
    weights = table.weights[table.find(list(DRAWN.chinese))]
    assert (np.diff(weights.astype(np.float64)) >= 0).all()
    assert 0 < weights[0] < 0.02
    assert 0.8 < weights[-1] <= 1


def test_distilling_keeps_which_words_are_alike() -> None:
    table, drawing = distil(DRAWN, Drawing()), Drawing()
    rows = table.rows(table.find(["词1", "词2", "word3"]))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert rows.shape == (3, DIMENSIONS)
    assert np.abs(rows @ rows.T - np.eye(3)).max() < 0.3
    assert drawing.name == table.head["model"]


def test_distilling_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_table(tmp_path / name, distil(DRAWN, Drawing()))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
