"""A dictionary in jieba's form, sorted by first characters."""

from __future__ import annotations

from bot.matching.general_chinese import parse_dictionary

LINES = "核能 900 n\nB超 3 n\n核 20 n\n𠮷野家 5 nz\né 7 x\n核能电站 1 n\nB超 4 n\n便宜 5000 a\n"


def test_each_word_is_found_with_its_frequency_and_the_last_line_of_one_counts() -> None:
    general = parse_dictionary(LINES.encode())
    words = {"核能": 900, "核": 20, "核能电站": 1, "B超": 4, "𠮷野家": 5, "é": 7, "便宜": 5000}
    assert dict(general.words()) == words
    assert {word: general.frequency(word) for word in words} == words
    assert general.total == sum(words.values())


def test_what_longer_words_begin_with_is_known_as_no_word() -> None:
    general = parse_dictionary(LINES.encode())
    assert general.beginning_with("核能") == {"核": 20, "核能": 900, "核能电": 0, "核能电站": 1}
    assert general.beginning_with("核电") == general.beginning_with("核") == {"核": 20}
    assert general.beginning_with("𠮷野") == {"𠮷": 0, "𠮷野": 0, "𠮷野家": 5}
    assert general.beginning_with("无") == general.beginning_with("无核") == {}


def test_everyday_words_are_the_frequent_ones_and_sound() -> None:
    everyday = parse_dictionary(LINES.encode()).everyday
    assert {word: (common.frequency, common.syllables) for word, common in everyday.items()} == {
        "核能": (900, ("he", "len")),
        "便宜": (5000, ("bian", "yi")),
    }
