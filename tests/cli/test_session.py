"""The terminal chat: what it understands and what it shows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rich.cells import cell_len

from bot.answers.reply import Decision, Reply, Scored
from bot.cli.screen import NARROWEST, WIDEST, Screen, plain_page
from bot.cli.session import COMMANDS, Listing, Notice, Page, Session
from bot.cli.terminal_locale import locale_language
from bot.text import LANGUAGES, read_texts
from tests.builders import ROOT

GREEN = "泡绿茶用多热的水？"
BLACK = "红茶可以用开水泡吗？"


def answered(page: Page) -> str:
    assert isinstance(page, Reply)
    return page.answers[0].entry.id


def labels(page: Page) -> Sequence[str]:
    assert isinstance(page, Listing)
    return [label for label, _ in page.items]


def words(page: Page) -> str:
    assert isinstance(page, Notice)
    return "\n".join(page.lines)


def test_a_number_opens_a_related_question(session: Session) -> None:
    assert answered(session.handle(GREEN)) == "green-tea"
    assert answered(session.handle("1")) == "black-tea"
    assert answered(session.handle("１.")) == "green-tea"


def test_topics_lead_from_sections_to_answers(session: Session) -> None:
    sections = session.handle("/topics")
    assert labels(sections) == ["泡茶", "客人"]
    assert isinstance(sections, Listing)
    assert sections.items[0][1] == "3 个问题"
    assert labels(session.handle("1")) == [GREEN, BLACK, "这次访谈聊了什么？"]
    assert answered(session.handle("2")) == "black-tea"


@pytest.mark.parametrize("number", ["0", "9", "９９"])
def test_a_number_that_stands_for_nothing_is_said_so(session: Session, number: str) -> None:
    session.handle("/topics")
    assert "没有编号" in words(session.handle(number))
    assert labels(session.handle("1"))[0] == GREEN


def test_numbers_mean_what_was_shown_last(session: Session) -> None:
    session.handle("/topics")
    session.handle("/help")
    assert labels(session.handle("2")) == ["茶馆的客人都是谁？"]
    session.handle(BLACK)
    assert answered(session.handle("1")) == "green-tea"


def test_the_language_follows_the_questions_until_it_is_fixed(session: Session) -> None:
    reply = session.handle("green tea water temperature")
    assert isinstance(reply, Reply)
    assert reply.language == "en"
    assert labels(session.handle("/topics")) == ["Brewing", "Guests"]
    assert words(session.handle("/lang zh-hant")) == session.texts("zh-Hant", "terminal.language_fixed")
    fixed = session.handle("green tea water temperature")
    assert isinstance(fixed, Reply)
    assert fixed.language == "zh-Hant"
    session.handle("/lang auto")
    again = session.handle("green tea water temperature")
    assert isinstance(again, Reply)
    assert again.language == "en"


def test_lang_without_a_language_tells_the_choices(session: Session) -> None:
    assert "zh zh-Hant en auto" in words(session.handle("/lang"))
    assert "zh zh-Hant en auto" in words(session.handle("/lang fr"))


def test_help_names_every_command(session: Session) -> None:
    assert all(name in words(session.handle("/help")) for name in COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_explained_in_every_language(language: str) -> None:
    texts = read_texts(ROOT / "config" / "texts")
    assert all(texts(language, f"terminal.help.{name[1:]}") for name in COMMANDS)


@pytest.mark.parametrize(
    ("line", "near"), [("/lnag", "/lang"), ("/topic", "/topics"), ("/xyz", "/help"), ("/", "/help")]
)
def test_an_unknown_command_is_no_question(session: Session, line: str, near: str) -> None:
    assert near in words(session.handle(line))


def test_quit_ends_it(session: Session) -> None:
    assert not session.over
    assert words(session.handle("/quit")) == session.texts("zh", "smalltalk.goodbye")
    assert session.over


@pytest.mark.parametrize("line", ["\ud800", "\x00", "🍵" * 3000, "/ask 绿茶", "1.5", "[bold]绿茶[/bold]"])
def test_any_line_gets_a_page(session: Session, line: str) -> None:
    page = session.handle(line)
    shown = plain_page(page, session.assistant.knowledge, session.texts)
    shown.encode()
    assert shown


def lines_of(session: Session, line: str, width: int) -> list[str]:
    screen = Screen(session.assistant.knowledge, session.texts, width)
    return [text.plain for text in screen.lines(session.handle(line))]


def test_an_answer_on_the_screen(session: Session) -> None:
    assert lines_of(session, GREEN, 80) == [
        "",
        "  泡绿茶用多热的水？",
        "",
        "  • 绿茶用八十度的水。",
        "  • 太烫会把茶叶烫熟。",
        "",
        "  │ 绿茶要用八十度的水",
        "  │ 水太烫会把茶叶烫熟",
        "    掌柜转述 · 第 3–4 行",
        "",
        "  相关问题",
        "   1  红茶可以用开水泡吗？",
        "",
    ]


def test_a_listing_on_the_screen(session: Session) -> None:
    assert lines_of(session, "/topics", 80) == [
        "",
        "  茶馆访谈",
        "",
        "   1  泡茶  3 个问题",
        "   2  客人  1 个问题",
        "",
        "  输入编号就能打开。",
        "",
    ]


@pytest.mark.parametrize("line", [GREEN, "/topics", "/help", "你好", "量子计算机怎么看", "summarize the conversation"])
@pytest.mark.parametrize("width", [1, NARROWEST, 40, 80, 300])
def test_lines_stay_within_the_screen(session: Session, line: str, width: int) -> None:
    lines = lines_of(session, line, width)
    assert max(map(cell_len, lines)) <= min(max(width - 1, NARROWEST), WIDEST)
    assert lines[0] == lines[-1] == ""


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.Big5"}, "zh-Hant"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "", "LC_MESSAGES": "zh_HK"}, "zh-Hant"),
    ],
)
def test_the_first_language_is_that_of_the_locale(environment: dict[str, str], language: str) -> None:
    assert locale_language(environment) == language


def test_several_answers_and_the_point_asked_for_on_the_screen(session: Session) -> None:
    knowledge = session.assistant.knowledge
    answers = tuple(Scored(knowledge.by_key[f"tea/{name}"], 0.9) for name in ("green-tea", "guests"))
    lines = [
        text.plain
        for text in Screen(knowledge, session.texts, 80).lines(Reply("?", Decision("answered", "zh", answers, focus=1)))
    ]
    assert "  2. 太烫会把茶叶烫熟。" in lines
    assert "  • 绿茶用八十度的水。" not in lines
    assert (
        lines.index("  还问到了")
        < lines.index("  茶馆的客人都是谁？")
        < lines.index("  • 多是老街坊，下午三点来下棋。")
    )


def test_nothing_known_on_the_screen_names_what_comes_near(session: Session) -> None:
    knowledge = session.assistant.knowledge
    near = (Scored(knowledge.by_key["tea/guests"], 0.2),)
    screen = Screen(knowledge, session.texts, 80)
    assert [text.plain for text in screen.lines(Reply("?", Decision("unknown", "zh", suggestions=near)))] == [
        "",
        "  这个访谈里没有说到，我不乱编。",
        "",
        "  访谈里聊过这些：",
        "   1  茶馆的客人都是谁？",
        "",
        "  发 /topics 看看都聊了什么。",
        "",
    ]
