"""Static meaning: the shipped table of word vectors, vectors of texts, and files that can't be read."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import compose
from bot.errors import SettingsError
from bot.matching.matcher import Matcher
from bot.matching.static_meaning import StaticMeaning
from bot.matching.word_table import WordTable, is_intact, make_table, read_table, write_table

KNOWN = ("能源", "公司", "开源", "人工智能", "energy", "deal", "of", "的", "is")
WORDS = st.lists(st.one_of(st.sampled_from(KNOWN), st.text(min_size=1, max_size=12)), max_size=12)


@cache
def meaning() -> StaticMeaning:
    return StaticMeaning(read_table(compose.WORD_VECTORS))


def small(dimensions: int = 8) -> WordTable:
    vectors = np.random.default_rng(1).standard_normal((3, dimensions)).astype(np.float32)
    return make_table(["一", "two", "三"], vectors, np.array([1.0, 0.5, 0.25], np.float32), {"made_by": "a test"})


def closeness(one: str, other: str) -> float:
    return float(meaning().vector(one.split()) @ meaning().vector(other.split()))


@given(WORDS)
def test_every_text_with_words_has_a_unit_vector(words: list[str]) -> None:
    length = float(np.linalg.norm(meaning().vector(words)))
    assert math.isclose(length, 1.0 if words else 0.0, abs_tol=1e-5)


@given(WORDS.flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))))
def test_the_order_of_words_does_not_matter(orders: tuple[list[str], list[str]]) -> None:
    one, other = map(meaning().vector, orders)
    assert np.allclose(one, other, atol=1e-5)


@given(st.lists(WORDS, max_size=6))
def test_a_batch_gives_what_single_texts_give(texts: list[list[str]]) -> None:
    rows = meaning().vectors(texts)
    assert rows.shape == (len(texts), meaning().dimensions)
    for row, words in zip(rows, texts, strict=True):
        assert np.allclose(row, meaning().vector(words), atol=1e-5)


def test_a_batch_of_very_many_texts_gives_what_single_texts_give() -> None:
    texts = [[KNOWN[at % 9], KNOWN[at % 7]] if at % 5 else [] for at in range(2500)]
    rows = meaning().vectors(texts)
    for at in (0, 1, 1023, 1024, 2047, 2048, 2499):
        assert np.allclose(rows[at], meaning().vector(texts[at]), atol=1e-5)


@pytest.mark.parametrize(
    ("text", "alike", "other"),
    [
        ("能源", "核电", "好友"),
        ("公司", "企业", "电影"),
        ("deal", "agreement", "weather"),
        ("能源", "energy", "movie"),
        ("的 能源", "能源", "的"),
        ("openaii", "openai", "sora"),
        ("核能发电站", "核能", "视频"),
        ("stopp", "stop", "weather"),
    ],
    ids=["nouns", "synonyms", "english", "across-languages", "common-words-count-less", "misspelt", "parts", "forms"],
)
def test_texts_alike_in_meaning_are_closer_than_others(text: str, alike: str, other: str) -> None:
    assert closeness(text, alike) > closeness(text, other) + 0.1


@pytest.mark.parametrize("word", ["openai", "sora2", "㐀", "1047", "wѐird", "a" * 500, "龘龘龘"])
def test_an_unknown_word_is_like_itself_and_like_no_other(word: str) -> None:
    assert closeness(f"{word} 能源", word) > 0.5
    assert abs(closeness(word, "weather")) < 0.35


def test_the_words_of_the_shipped_knowledge_are_known(shipped: Matcher) -> None:
    parser = shipped.engine.parser
    words = [word for text in shipped.engine.catalogue.texts for word in parser.parse_normalised(text).words]
    assert np.mean(meaning().table.find(words) >= 0) > 0.8


def test_the_shipped_table_is_intact_and_names_its_command() -> None:
    table = meaning().table
    assert is_intact(table)
    assert table.head["made_by"] == "python -m bot eval --word-vectors"
    assert all(one < other for one, other in pairwise(table.hashes.tolist()))
    assert compose.WORD_VECTORS.stat().st_size < 12e6


def test_a_table_is_read_as_it_was_written_and_the_same_bytes_come_of_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first.bin", tmp_path / "second.bin"
    write_table(first, small())
    table = read_table(first)
    write_table(second, table)
    assert first.read_bytes() == second.read_bytes()
    assert table.find(["三", "two", "four"]).tolist()[2] == -1
    assert np.allclose(table.weights[table.find(["一", "two", "三"])], [1.0, 0.5, 0.25])


def test_what_a_start_reads_is_mapped_and_not_copied() -> None:
    table = read_table(compose.WORD_VECTORS)
    for part in (table.hashes, table.weights, table.packed):
        assert not part.flags.owndata
        assert not part.flags.writeable


def without_head(content: bytes) -> bytes:
    return content.partition(b"\n")[2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: content[:40],
        without_head,
        lambda content: content.replace(b"word vectors 1", b"word vectors 0"),
        lambda content: content.replace(b'"dimensions": 8', b'"dimensions": 7'),
        lambda content: content.replace(b'"dimensions": 8', b'"dimensions": []'),
        lambda content: content.replace(b'"words": 3', b'"words": -3'),
        lambda _: b"[1]\n",
        lambda _: b"version https://git-lfs.github.com/spec/v1\n",
    ],
    ids=[
        "empty", "cut-off", "too-long", "cut-in-the-head", "no-head", "another-format", "odd-dimensions",
        "malformed-dimensions", "malformed-count", "no-object", "pointer",
    ],
)  # fmt: skip
def test_a_damaged_table_is_told_in_one_line(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "words.bin"
    write_table(path, small())
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SettingsError, match=r"words\.bin: can't be read as word vectors \(.+\); restore it") as failed:
        read_table(path)
    assert "\n" not in str(failed.value)


def test_a_missing_table_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"words\.bin: can't be read as word vectors .*No such file"):
        read_table(tmp_path / "words.bin")


def test_a_changed_row_is_found_by_the_checksum(tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    write_table(path, small())
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert not is_intact(read_table(path))
