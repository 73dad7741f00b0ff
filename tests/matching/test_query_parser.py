"""Cutting, sounding and naming: questions and knowledge are read by one parser."""

from __future__ import annotations

import tracemalloc
from typing import Any

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.model import Term
from bot.matching.general_chinese import read_jieba
from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Matcher
from bot.matching.pinyin import all_syllables, fuzzy, segment, syllables
from bot.matching.tokenise import Segmenter, stem, terms
from tests.builders import cases

MOST_UNPACKED_BYTES = 16 << 20


def term(name: str, *aliases: str, is_name: bool = False) -> Term:
    return Term(name, name, aliases, is_name, "lexicon.yaml", 1)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("deals", "deal"), ("companies", "company"), ("glasses", "glass"), ("scaling", "scal"), ("scaled", "scal"),
     ("gas", "gas"), ("class", "class"), ("is", "is"), ("openai", "openai")],
)  # fmt: skip
def test_an_english_word_is_stemmed(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.fixture(scope="module")
def jiebas() -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    jieba.setLogLevel(60)
    tokenizer.initialize()
    return tokenizer


@pytest.mark.slow
def test_general_chinese_is_jiebas(shipped: Matcher, jiebas: jieba.Tokenizer) -> None:
    general = shipped.engine.parser.segmenter.general
    assert general.total == sum(jiebas.FREQ.values())
    assert dict(general.words()) == {word: count for word, count in jiebas.FREQ.items() if count}
    assert all(general.frequency(word) == count for word, count in jiebas.FREQ.items())
    assert general.frequency("没有的词语啊") == general.frequency("") == 0


@pytest.mark.slow
def test_of_the_words_of_general_chinese_few_are_unpacked_at_a_time() -> None:
    general = read_jieba()
    words = dict(general.words())
    tracemalloc.start()
    try:
        assert all(general.frequency(word) == count for word, count in words.items())
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < MOST_UNPACKED_BYTES


def test_a_name_of_one_character_counts_in_every_pair(shipped: Matcher) -> None:
    general = shipped.engine.parser.segmenter.general
    names = ("能源核", "核", "核能发电站")
    assert Segmenter(general, names).words("核龘能源核核能发电站") == ["核", "龘", "能源核", "核能发电站"]


@given(text=st.text(st.sampled_from("他为什么要自己建基础设施核能和开源模型ab12 龘"), max_size=30))
def test_chinese_is_cut_as_jieba_cuts_it(text: str, shipped: Matcher, jiebas: jieba.Tokenizer) -> None:
    general = shipped.engine.parser.segmenter.general
    ours = Segmenter(general, ()).words(text)
    assert ours == [stem(piece) if piece.isascii() else piece for piece in jiebas.cut(text, HMM=False) if wanted(piece)]


def wanted(piece: str) -> bool:
    return piece not in set("呢吗吧的了么") and bool(piece.strip())


def test_terms_say_their_kind_and_stand_once() -> None:
    assert terms("核能ab核", ["核能", "ab"], ("he", "leng", "ab")) == (
        "c:核", "c:能", "b:核能", "w:核能", "w:ab", "p:he leng", "p:leng ab",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [("zhong", "zong"), ("chi", "ci"), ("shang", "san"), ("neng", "len"), ("hu", "fu"), ("jing", "jin")],
)  # fmt: skip
def test_syllables_that_people_mix_up_are_one(one: str, other: str) -> None:
    assert fuzzy(one) == fuzzy(other)


def test_a_wrong_character_leaves_its_neighbours_sounds_alone() -> None:
    assert syllables("基础设施 ai")[:2] == syllables("基础社施 ai")[:2]
    assert syllables("基础设施") == syllables("基础社施")
    assert syllables("sora 2 是") == ("sora", "2", "si")


@given(st.lists(st.sampled_from(sorted(all_syllables())), min_size=1, max_size=5))
def test_typed_pinyin_is_cut_into_syllables_again(written: list[str]) -> None:
    cuts = segment("".join(written), frozenset())
    assert cuts
    for cut in cuts:
        assert "".join(cut) == "".join(written)
        assert len(cut) <= len(written)


def test_pinyin_is_cut_around_names() -> None:
    assert ("wei", "shen", "me", "zuo", "sora") in segment("weishenmezuosora", frozenset({"sora"}))
    assert segment("infrastructure", frozenset()) == ()


def test_the_longest_alias_wins_and_latin_ones_are_whole_words() -> None:
    lexicon = Lexicon((term("奥特曼", "sam", "sam altman"), term("芯片", "gpu", "显卡")), str)
    assert lexicon.canonical("sam altman的显卡") == "奥特曼的芯片"
    assert lexicon.canonical("same gpu2 gpus") == "same gpu2 gpus"
    assert Lexicon((), str).canonical("sam") == "sam"


def test_only_names_go_to_the_segmenter() -> None:
    lexicon = Lexicon((term("奥特曼", "老奥", is_name=True), term("芯片", "显卡")), str)
    assert lexicon.names == ("奥特曼", "老奥")


def test_a_question_is_read_as_the_knowledge_is(shipped: Matcher) -> None:
    catalogue, parser = shipped.engine.catalogue, shipped.engine.parser
    for number in range(0, len(catalogue.phrasings), 40):
        query = parser.parse(catalogue.phrasings[number])
        assert (query.text, query.canonical) == (catalogue.texts[number], catalogue.canonical[number])
        assert catalogue.sound(query.syllables) == catalogue.sounds[number]
        assert all(known in catalogue.index.vocabulary for known in query.terms)


@pytest.mark.parametrize("case", cases("repair"))
def test_words_that_sound_alike_are_repaired_and_right_ones_left(case: dict[str, Any], shipped: Matcher) -> None:
    engine = shipped.engine
    assert engine.correct_spelling(engine.parser.normalise(case["text"])) == case["expected"]


@settings(max_examples=40)
@given(text=st.text(st.sampled_from("核能开源模型 abcdezhsng19%é한"), max_size=25))
def test_repairing_never_fails_and_is_settled(text: str, shipped: Matcher) -> None:
    repaired = shipped.engine.correct_spelling(shipped.engine.parser.normalise(text))
    assert repaired == " ".join(repaired.split())


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("tuling ceshi", "turing-test"),
        ("图灵侧试还有用吗", "turing-test"),
        ("tuling ceshi haiyou yong ma", "turing-test"),
    ],
)
def test_what_is_repaired_is_answered(typed: str, entry: str, shipped: Matcher) -> None:
    decision = shipped.decide(typed)
    assert entry in [found.entry.id for found in (*decision.answers, *decision.suggestions)]
