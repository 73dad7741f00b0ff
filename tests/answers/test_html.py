"""Whatever is written in the knowledge, what goes out is markup that Telegram takes and that says just that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.curated_texts import localized, place
from bot.answers.html import answer, context, escape, paragraphs, saying
from bot.answers.reply import Decision, Reply, Scored
from bot.knowledge.load import load
from bot.knowledge.model import Bilingual, Entry, Language, NotCovered, Quote, Speaker
from bot.knowledge.transcript import Span, Transcript
from bot.matching.results import Status
from bot.text import LANGUAGES, Texts, read_texts
from tests.botapi.markup import parse, units
from tests.builders import ROOT, SHIPPED

TEXT = st.text(min_size=1, max_size=60)
BILINGUAL = st.builds(Bilingual, TEXT, TEXT)
SPANS = st.tuples(st.integers(1, 99), st.integers(0, 9)).map(lambda at: Span(0, 1, at[0], at[0] + at[1]))
QUOTES = st.builds(Quote, TEXT, SPANS, st.builds(Speaker, st.just("narrator"), BILINGUAL))
ENTRIES = st.builds(
    Entry,
    interview=st.just("talk"),
    id=st.just("entry"),
    section=st.just("section"),
    broad=st.booleans(),
    question=BILINGUAL,
    phrasings=st.just(()),
    points=st.lists(BILINGUAL, min_size=1, max_size=4).map(tuple),
    quotes=st.lists(QUOTES, min_size=1, max_size=3).map(tuple),
    related=st.just(()),
    file=st.just("f.yaml"),
    line=st.just(1),
)
SCORED = st.lists(st.builds(Scored, ENTRIES, st.just(0.5)), max_size=3).map(tuple)
NOT_COVERED = st.builds(
    NotCovered,
    interview=st.just("talk"),
    id=st.just("prices"),
    about=BILINGUAL,
    phrasings=st.just(()),
    near=st.just(()),
    file=st.just("f.yaml"),
    line=st.just(1),
)
DECISIONS = st.builds(
    Decision,
    status=st.sampled_from(["answered", "suggested", "unknown", "smalltalk"]),
    language=st.sampled_from(LANGUAGES),
    answers=SCORED,
    suggestions=SCORED,
    smalltalk=st.sampled_from([None, "greeting", "thanks", "identity", "goodbye", "feelings", "insult", "nothing"]),
    not_covered=st.none() | NOT_COVERED,
    focus=st.none() | st.integers(0, 9),
)
REPLIES = st.builds(Reply, TEXT, DECISIONS)
TEXTS = read_texts(ROOT / "config" / "texts")


@pytest.fixture(scope="session")
def texts() -> Texts:
    return TEXTS


@pytest.fixture
def entry() -> Entry:
    narrator = Speaker("narrator", Bilingual("大飞转述", "narrator"))
    return Entry(
        interview="talk",
        id="nuclear",
        section="energy",
        broad=False,
        question=Bilingual("他怎么看核能？", "What about nuclear power?"),
        phrasings=(),
        points=(Bilingual("软件很重要。", "Software matters."), Bilingual("信息也是。", "So does information.")),
        quotes=(
            Quote("软件很重要\n信息也是", Span(0, 10, 3, 4), narrator),
            Quote("软件", Span(20, 22, 9, 9), Speaker("altman", Bilingual("奥特曼原话", "Altman's own words"))),
        ),
        related=(),
        file="f.yaml",
        line=1,
    )


@pytest.mark.slow
@given(st.text())
def test_escaped_text_is_shown_as_it_was_written(text: str) -> None:
    assert parse(escape(text)) == (text, [])


@given(REPLIES)
def test_every_paragraph_is_markup_by_itself(reply: Reply) -> None:
    for paragraph in paragraphs(reply, TEXTS):
        parse(paragraph)  # raises where Telegram would refuse it


@given(ENTRIES, st.sampled_from(LANGUAGES))
def test_an_answer_says_all_its_words(entry: Entry, language: Language) -> None:
    text = parse("\n\n".join(answer(entry, language, TEXTS)))[0]

    assert localized(entry.question, language) in text
    assert all(localized(point, language) in text for point in entry.points)
    assert all(quote.text in text for quote in entry.quotes)


def test_an_answer_in_simplified_chinese(entry: Entry, texts: Texts) -> None:
    assert list(answer(entry, "zh", texts)) == [
        "<b>❓ 他怎么看核能？</b>",
        "• 软件很重要。\n• 信息也是。",
        (
            "<blockquote expandable><b>大飞转述 · 第 3–4 行</b>\n软件很重要\n信息也是</blockquote>\n"
            "<blockquote expandable><b>奥特曼原话 · 第 9 行</b>\n软件</blockquote>"
        ),
    ]


def test_in_traditional_chinese_all_but_the_quotes_is_converted(entry: Entry, texts: Texts) -> None:
    question, points, quotes = answer(entry, "zh-Hant", texts)

    assert "他怎麼看核能" in question
    assert points == "• 軟體很重要。\n• 資訊也是。"
    assert "大飛轉述" in quotes
    assert "软件很重要\n信息也是" in quotes


def test_a_follow_up_for_one_point_shows_that_point(entry: Entry, texts: Texts) -> None:
    reply = Reply("第二点呢", Decision("answered", "zh", answers=(Scored(entry, 0.9),), focus=1))

    assert paragraphs(reply, texts)[1] == "2. 信息也是。"


def test_a_point_that_is_not_there_shows_all(entry: Entry, texts: Texts) -> None:
    assert list(answer(entry, "en", texts, focus=2))[1] == "• Software matters.\n• So does information."


def test_several_answers_are_set_apart(entry: Entry, texts: Texts) -> None:
    reply = Reply("都说说", Decision("answered", "en", answers=(Scored(entry, 0.9),) * 3))

    written = paragraphs(reply, texts)

    assert len(written) == 3 * 3 + 1
    assert written[3] == f"<i>{texts('en', 'answer.also')}</i>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_answer_fits_into_one_message(texts: Texts, language: Language) -> None:
    knowledge = load(SHIPPED, str.casefold)

    for each in knowledge.by_key.values():
        assert units(parse("\n\n".join(answer(each, language, texts)))[0]) <= 4096


def not_covered(about: str) -> NotCovered:
    return NotCovered("talk", "x", Bilingual(about, about), (), (), "f.yaml", 1)


@pytest.mark.parametrize(
    ("status", "key"), [("suggested", "suggested.not_covered"), ("unknown", "unknown.not_covered")]
)
def test_what_is_known_not_to_be_covered_is_named(entry: Entry, texts: Texts, status: Status, key: str) -> None:
    found, topic = (Scored(entry, 0.3),), not_covered("prices & <fees>")
    reply = Reply("?", Decision(status, "en", suggestions=found, not_covered=topic))

    written = paragraphs(reply, texts)

    assert parse(written[0])[0] == texts("en", key, about="prices & <fees>")
    assert "1. What about nuclear power?" in written


def test_the_unknown_without_suggestions_points_to_the_topics(texts: Texts) -> None:
    assert paragraphs(Reply("?", Decision("unknown", "en")), texts) == (
        escape(texts("en", "unknown.plain")),
        escape(texts("en", "unknown.topics")),
    )


@pytest.mark.parametrize("kind", ["greeting", "thanks", "identity", "goodbye", "feelings", "insult", "nothing"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_smalltalk_is_the_canned_sentence(texts: Texts, kind: str, language: str) -> None:
    reply = Reply("?", Decision("smalltalk", language, smalltalk=kind))  # type: ignore[arg-type]  # parametrised

    assert paragraphs(reply, texts) == (escape(texts(language, f"smalltalk.{kind}")),)


def test_the_context_marks_the_quoted_lines_and_joins_what_touches(entry: Entry, texts: Texts) -> None:
    transcript = Transcript("".join(f"第{number}行 <b>\n" for number in range(1, 31)))
    far = replace(entry, quotes=(*entry.quotes, Quote("x", Span(0, 1, 29, 30), entry.quotes[0].speaker)))

    head, *stretches = (parse(paragraph)[0].split("\n") for paragraph in context(far, transcript, "zh", texts))

    assert head == [texts("zh", "context.title"), "❓ 他怎么看核能？"]
    assert [stretch[0] for stretch in stretches] == ["第 1–12 行", "第 26–30 行"]
    shown_lines = [line for stretch in stretches for line in stretch[1:]]
    assert shown_lines == [
        f"{'▸ ' * (number in {3, 4, 9, 29, 30})}{number} 第{number}行 <b>" for number in (*range(1, 13), *range(26, 31))
    ]


def test_every_shipped_context_is_markup_that_holds_the_quotes(texts: Texts) -> None:
    knowledge = load(SHIPPED, str.casefold)

    for each in knowledge.by_key.values():
        transcript = knowledge.interview_of[each.interview].transcript
        text = "\n".join(parse(paragraph)[0] for paragraph in context(each, transcript, "zh", texts))
        for quote in each.quotes:
            for number in range(quote.span.first, quote.span.last + 1):
                assert f"▸ {number} {transcript.lines[number - 1]}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_saying_is_the_quote_with_its_speaker_and_lines(entry: Entry, texts: Texts, language: Language) -> None:
    shown_text, marks = parse(saying(entry.quotes[1], language, texts))

    assert shown_text == f"软件\n— {place(entry.quotes[1], language, texts)}"
    assert [mark["type"] for mark in marks] == ["blockquote"]
