"""The plain form of a reply, for every status."""

from __future__ import annotations

import pytest

from bot.answers.plain import render
from bot.answers.reply import Decision, Reply, Scored
from bot.knowledge.load import load
from bot.knowledge.model import Bilingual, Knowledge, NotCovered
from bot.text import LANGUAGES, Texts, read_texts
from tests.builders import ROOT

COFFEE = NotCovered("tea", "coffee", Bilingual("咖啡", "coffee"), (), ("green-tea",), "not-covered.yaml", 1)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(ROOT / "tests" / "cli" / "talk", str.casefold)


@pytest.fixture(scope="module")
def texts() -> Texts:
    return read_texts(ROOT / "config" / "texts")


def scored(knowledge: Knowledge, *ids: str) -> tuple[Scored, ...]:
    return tuple(Scored(knowledge.by_key[f"tea/{name}"], 0.9) for name in ids)


def test_an_answer(knowledge: Knowledge, texts: Texts) -> None:
    reply = Reply("?", Decision("answered", "zh", scored(knowledge, "green-tea")))
    assert render(reply, knowledge, texts) == (
        "❓ 泡绿茶用多热的水？\n"
        "\n"
        "• 绿茶用八十度的水。\n"
        "• 太烫会把茶叶烫熟。\n"
        "\n"
        "│ 绿茶要用八十度的水\n"
        "│ 水太烫会把茶叶烫熟\n"
        "  掌柜转述 · 第 3–4 行\n"
        "\n"
        "相关问题\n"
        "  1. 红茶可以用开水泡吗？"
    )


def test_only_the_point_that_was_asked_for(knowledge: Knowledge, texts: Texts) -> None:
    reply = Reply("第二点", Decision("answered", "zh", scored(knowledge, "green-tea"), focus=1))
    shown = render(reply, knowledge, texts)
    assert "2. 太烫会把茶叶烫熟。" in shown
    assert "绿茶用八十度的水。" not in shown
    assert "│ 水太烫会把茶叶烫熟" in shown


def test_several_topics_are_set_apart(knowledge: Knowledge, texts: Texts) -> None:
    reply = Reply("?", Decision("answered", "en", scored(knowledge, "about", "guests")))
    first, second = render(reply, knowledge, texts).split("\n\nYou also asked\n\n")
    assert first.startswith("❓ What is the interview about?")
    assert second.startswith("❓ Who comes to the tea house?")
    assert second.endswith("narrator · lines 6–7")


def test_traditional_chinese_but_for_the_quotes(knowledge: Knowledge, texts: Texts) -> None:
    shown = render(Reply("?", Decision("answered", "zh-Hant", scored(knowledge, "green-tea"))), knowledge, texts)
    assert "• 綠茶用八十度的水。" in shown
    assert "│ 绿茶要用八十度的水" in shown


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        (None, "你是想问下面哪一个？\n\n  1. 泡绿茶用多热的水？\n  2. 茶馆的客人都是谁？"),
        (COFFEE, "访谈里没有提到咖啡。最接近的是：\n\n  1. 泡绿茶用多热的水？\n  2. 茶馆的客人都是谁？"),
    ],
)
def test_suggestions(topic: NotCovered | None, expected: str, knowledge: Knowledge, texts: Texts) -> None:
    reply = Reply(
        "?", Decision("suggested", "zh", suggestions=scored(knowledge, "green-tea", "guests"), not_covered=topic)
    )
    assert render(reply, knowledge, texts) == expected


@pytest.mark.parametrize(
    ("topic", "near", "expected"),
    [
        (None, (), "这个访谈里没有说到，我不乱编。\n\n发 /topics 看看都聊了什么。"),
        (COFFEE, (), "访谈里没有提到咖啡。\n\n发 /topics 看看都聊了什么。"),
        (
            None,
            ("guests",),
            (
                "这个访谈里没有说到，我不乱编。\n\n访谈里聊过这些：\n  1. 茶馆的客人都是谁？"
                "\n\n发 /topics 看看都聊了什么。"
            ),
        ),
    ],
)
def test_unknown(
    topic: NotCovered | None, near: tuple[str, ...], expected: str, knowledge: Knowledge, texts: Texts
) -> None:
    reply = Reply("?", Decision("unknown", "zh", suggestions=scored(knowledge, *near), not_covered=topic))
    assert render(reply, knowledge, texts) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_small_talk(language: str, knowledge: Knowledge, texts: Texts) -> None:
    for kind in ("greeting", "thanks", "identity", "goodbye", "feelings", "insult", "nothing"):
        reply = Reply("?", Decision("smalltalk", language, smalltalk=kind))  # type: ignore[arg-type]  # values of the literals
        assert render(reply, knowledge, texts) == texts(language, f"smalltalk.{kind}")
