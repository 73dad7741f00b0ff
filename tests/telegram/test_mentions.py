"""Where a text names the bot or begins with a command, marked by Telegram or not."""

from __future__ import annotations

import pytest
from telegram import MessageEntity

from bot.telegram.answering.mentions import LeadingCommand, find_mentions, leading_command, remove_ranges
from tests.botapi.markup import units
from tests.botapi.user_actions import entities


def marked(text: str) -> list[MessageEntity]:
    """Return what Telegram marks in a text."""
    return [MessageEntity(one["type"], one["offset"], one["length"]) for one in entities(text)]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("@interview_bot 核能", "核能"),
        ("他怎么看开源@interview_bot", "他怎么看开源"),
        ("@interview_bot他怎么看开源", "他怎么看开源"),
        ("他怎么看@interview_bot开源", "他怎么看开源"),
        ("他怎么看@Interview_BOT开源", "他怎么看开源"),
        ("他怎么看＠interview_bot开源", "他怎么看开源"),
        ("＠INTERVIEW_BOT 开源", "开源"),
        ("开源呢？@interview_bot！", "开源呢？ ！"),
        ("😀開源@interview_bot", "😀開源"),
        ("①@interview_bot开源", "① 开源"),
        ("オープン@interview_botソース", "オープンソース"),
        ("@interview_bot开源@interview_bot", "开源"),
        ("open @interview_bot source", "open   source"),
        ("开源,@interview_bot怎么看", "开源, 怎么看"),
    ],
)
def test_a_mention_is_found_and_taken_out(text: str, rest: str) -> None:
    found = list(find_mentions(text, marked(text), "interview_bot"))

    assert found
    assert remove_ranges(text, found) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "interview_bot开源",
        "@interview_bot2开源",
        "@interview_bot_fan开源",
        "开源@interview_bots",
        "x@interview_bot开源",
        "é@interview_bot开源",
        "7@interview_bot开源",
        "开源＠interview_botｘ",
        "张三@interview_bot.com",
        "张三@interview_bot-mail.example",
        "看https://t.me/@interview_bot开源",
    ],
)
def test_what_only_contains_the_name_is_no_mention(text: str) -> None:
    assert list(find_mentions(text, marked(text), "interview_bot")) == []


@pytest.mark.parametrize("kind", ["code", "pre", "url", "email", "text_link"])
def test_what_is_shown_and_not_meant_is_no_mention(kind: str) -> None:
    text = "😀开源@interview_bot"

    assert list(find_mentions(text, [MessageEntity(kind, 2, units(text) - 2)], "interview_bot")) == []
    assert list(find_mentions(text, [MessageEntity(kind, 2, 2)], "interview_bot")) == [(4, 14)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/ask 开源", LeadingCommand("ask", "", 4)),
        ("/ASK@Interview_Bot 开源", LeadingCommand("ask", "interview_bot", 18)),
        ("/ask开源", LeadingCommand("ask", "", 4)),
        ("/ask@interview_bot开源", LeadingCommand("ask", "interview_bot", 18)),
        ("／ask＠interview_bot开源", LeadingCommand("ask", "interview_bot", 18)),
        ("/ask", LeadingCommand("ask", "", 4)),
        ("/ask，开源", LeadingCommand("ask", "", 4)),
        ("/usr/bin", None),
        ("//ask", None),
        ("/ask@", None),
        ("/<ask>", None),
        ("/askä", None),
        ("/开源", None),
        ("开源 /ask", None),
        ("", None),
    ],
)
def test_a_command_is_read_with_what_touches_it(text: str, found: LeadingCommand | None) -> None:
    assert leading_command(text, marked(text)) == found


def test_a_command_in_code_is_none() -> None:
    assert leading_command("/ask开源", [MessageEntity("code", 0, 4)]) is None


def test_stretches_are_taken_out_by_their_utf16_offsets() -> None:
    assert remove_ranges("😀@bot 问", [(2, 4)]) == "😀  问"
    assert remove_ranges("a@bot@bot", [(1, 4), (5, 4)]) == "a"
    assert remove_ranges("无", []) == "无"
